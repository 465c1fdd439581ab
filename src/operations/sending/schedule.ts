import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { randomUUID } from 'node:crypto';
import type { Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { UserError } from '../../errors/user-error';
import type { Destination } from './destination';
import type { OutgoingMessage } from './message';

/** What scheduling asks of AWS. */
export const SCHEDULE_ACTIONS =
  'cloudformation:DescribeStackResource, scheduler:CreateSchedule and iam:PassRole for the role of the schedules';

/** The stack has a role with which EventBridge Scheduler may send to the queue only where it has schedules itself. */
export function hasScheduleRole({ events }: Worker): boolean {
  return events.schedule.length > 0;
}

export interface ScheduleParts {
  cloudFormation: CloudFormationClient;
  scheduler: SchedulerClient;
  stackName: string;
  worker: Worker;
  destination: Destination;
}

/** Has EventBridge Scheduler send the message to the queue, once; gives the schedule's name, which then goes by itself. */
export async function scheduleMessage(
  parts: ScheduleParts,
  { body, groupId }: OutgoingMessage,
  at: Date,
): Promise<string> {
  const { CreateScheduleCommand } = await import('@aws-sdk/client-scheduler');
  const Name = `watchbot-send-${randomUUID()}`;
  await parts.scheduler.send(
    new CreateScheduleCommand({
      Name,
      // To the second, and in UTC.
      ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: parts.destination.queueArn,
        RoleArn: await roleArn(parts),
        Input: body,
        SqsParameters: groupId === undefined ? undefined : { MessageGroupId: groupId },
      },
    }),
  );
  return Name;
}

async function roleArn({ cloudFormation, stackName, worker, destination }: ScheduleParts): Promise<string> {
  const { DescribeStackResourceCommand } = await import('@aws-sdk/client-cloudformation');
  const LogicalResourceId = logicalId(worker.name, 'scheduleRole');
  const { StackResourceDetail } = await cloudFormation
    .send(new DescribeStackResourceCommand({ StackName: stackName, LogicalResourceId }))
    .catch((error: unknown) => {
      if ((error as Error).name !== 'ValidationError') throw error;
      throw UserError.of(
        {
          code: 'WATCHBOT_NOT_DEPLOYED',
          place: `role ${LogicalResourceId} of stack ${stackName}`,
          given: 'no such role',
          allowed: 'a role with which EventBridge Scheduler may send to the queue',
          advice: 'deploy the stack as serverless.yml has it now',
        },
        error,
      );
    });
  const [, partition, , , account] = destination.queueArn.split(':');
  return `arn:${partition}:iam::${account}:role/${StackResourceDetail?.PhysicalResourceId ?? ''}`;
}
