import type { Configuration, TextOrIntrinsic } from '../config/configuration';
import { docsLink } from '../shared/docs-link';
import { SharedId } from '../config/logical-ids';
import { sourceName } from '../config/names';
import { ref } from './cloudformation';
import { ruleMetric } from './metrics';
import type { Resources } from './resource-types';

/** A topic for the e-mail addresses under `notify`, if there are any. */
export function notifications({ notify: { addresses } }: Configuration): Resources {
  if (addresses.length === 0) return {};
  const Subscription = addresses.map((Endpoint) => ({ Protocol: 'email', Endpoint }));
  return { [SharedId.notifications]: { Type: 'AWS::SNS::Topic', Properties: { Subscription } } };
}

/** Topics that are told of alarms. */
export function alarmActions({ notify: { addresses, topics } }: Configuration): TextOrIntrinsic[] {
  return [...(addresses.length > 0 ? [ref(SharedId.notifications)] : []), ...topics];
}

/**
 * An alarm when CloudFormation rolls the stack back, even if no deployment of ECS has failed: CloudFormation waits three
 * hours for a service, then gives up. If there is nobody to notify there is no alarm, since CloudFormation shows rollbacks.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
 */
export function rollback(configuration: Configuration): Resources {
  const { context } = configuration;
  const actions = alarmActions(configuration);
  if (actions.length === 0) return {};
  return {
    [SharedId.rollbackRule]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'Rollbacks of this stack, for an alarm to count',
        EventPattern: {
          source: ['aws.cloudformation'],
          'detail-type': ['CloudFormation Stack Status Change'],
          detail: {
            'stack-id': [ref('AWS::StackId')],
            'status-details': { status: ['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED'] },
          },
        },
      },
    },
    [SharedId.rollbackAlarm]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: sourceName(context, SharedId.rollbackAlarm),
        AlarmDescription: `${context.stackName}: a deploy has failed, and the stack is rolled back. ${docsLink('alarms', 'rollback')}`,
        AlarmActions: actions,
        OKActions: actions,
        ...ruleMetric(SharedId.rollbackRule),
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      },
    },
  };
}
