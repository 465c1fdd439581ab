import { describeDeployed, IN_A_RELEASE } from './deployed-services';

describeDeployed(IN_A_RELEASE);
