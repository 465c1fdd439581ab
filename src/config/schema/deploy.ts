import { Type } from '@sinclair/typebox';
import { CLOUDWATCH } from '../limits';
import { strictObject, stringOrIntrinsic } from './values';

export const DeploySchema = strictObject(
  {
    alarms: Type.Array(stringOrIntrinsic(), {
      title: 'a list of the names of alarms',
      default: [],
      maxItems: CLOUDWATCH.maxDescribedAlarms,
      uniqueItems: true,
      description:
        'CloudWatch alarms of this account and region that fail a deploy and roll it back when one of them goes into ALARM during it, or in the minutes after it. In a deploy that begins while one of them is in ALARM, ECS watches none.',
    }),
  },
  { default: {}, description: 'How a new version takes the place of the one before.' },
);
