import type { TextOrIntrinsic } from '../config/configuration';
import { arn, assumedBy, sub, type Resource, type Statement } from './cloudformation';

/** What EventBridge Scheduler's schedules have in common. */

type Policy = Readonly<{
  PolicyName: string;
  PolicyDocument: { Version: string; Statement: readonly Statement[] };
}>;

/** A role for schedules of this stack; https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
export const schedulerRole = (policy: Policy): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedBy('scheduler.amazonaws.com', {
      ArnEquals: { 'aws:SourceArn': arn('scheduler', 'schedule-group/default') },
    }),
    Policies: [policy],
  },
});

/**
 * SQS's own API as the target, for what the target for SQS cannot do.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
export function sqsTarget(
  action: 'sendMessage' | 'tagQueue',
  queueUrl: TextOrIntrinsic,
  parameters: Readonly<Record<string, unknown>>,
) {
  // Nothing that the user wrote is a variable: the dollar is the same in JSON. A URL needs no escapes.
  const own = JSON.stringify(parameters).slice(1).replaceAll('${', '\\u0024{');
  return {
    Arn: sub(`arn:\${AWS::Partition}:scheduler:::aws-sdk:sqs:${action}`),
    Input: sub(`{"QueueUrl":"\${QueueUrl}",${own}`, { QueueUrl: queueUrl }),
  };
}
