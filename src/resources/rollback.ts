import type { Configuration } from '../config/configuration';
import { docsLink } from '../config/docs';
import { SharedId } from '../config/logical-ids';
import { sourceName } from '../config/names';
import { ref, type Resources } from './cloudformation';
import { alarmActions } from './notifications';
import { ruleMetric } from './worker/metrics';

/**
 * Tells that CloudFormation rolls the stack back: also where no deployment of ECS has failed, as after the three hours for
 * which it waits for a service. Without anybody to tell there is no alarm: of a stack, it is seen in CloudFormation.
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
