import { describeDeployed, IN_THE_GATE } from './deployed-services';

describeDeployed(IN_THE_GATE);
