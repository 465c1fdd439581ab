import { Type } from '@sinclair/typebox';
import { NEW_VERSION_ALARM } from '../alarm-defaults';
import { MAX_FINISH_SECONDS } from '../../contract/outcomes';
import { CLOUDWATCH } from '../limits';
import { strictObject, stringOrIntrinsic } from './values';

/** What stands for an alarm that the plugin makes, of the new version alone. */
export const OF_NEW_VERSION = 'failures';

export const DeploySchema = strictObject(
  {
    finish: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_FINISH_SECONDS,
        description: `Seconds that a job of the version before gets to finish in a deploy, before it is told and then stopped; its message comes again. At most ${MAX_FINISH_SECONDS}: CloudFormation waits for a service for three hours.`,
        otherwise: `\`maxJobDuration\`, and ${MAX_FINISH_SECONDS} if that is none or longer`,
      }),
    ),
    alarms: Type.Array(stringOrIntrinsic(), {
      title: 'a list of the names of alarms',
      default: [],
      maxItems: CLOUDWATCH.maxDescribedAlarms,
      uniqueItems: true,
      description: `CloudWatch alarms of this account and region that fail a deploy and roll it back when one of them goes into ALARM during it, or in the minutes after it. In a deploy that begins while one of them is in ALARM, ECS watches none. \`${OF_NEW_VERSION}\` is one that the plugin makes: jobs of the new version fail, at least ${NEW_VERSION_ALARM.leastFailures} within ${NEW_VERSION_ALARM.period / 60} minutes and at least ${NEW_VERSION_ALARM.percent} % of all that end.`,
    }),
  },
  { default: {}, description: 'How a new version takes the place of the one before.' },
);
