import { randomUUID } from 'node:crypto';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Configuration, Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { OutputName } from '../../config/names';
import { UserError } from '../../errors/user-error';
import { scheduleRolePath } from '../../resources/schedules';
import { findStack, physicalIds, type StackRef } from '../stack/stack';
import type { OutgoingMessage } from './message';
import type { Destination } from './sender';

/** What scheduling asks of AWS. */
export const SCHEDULE_ACTIONS = 'scheduler:CreateSchedule, and iam:PassRole for the role of the schedules';

/** Only a stack that has schedules itself has a role with which EventBridge Scheduler may send to the queue. */
export function hasScheduleRole({ events, schedulerRole }: Worker): boolean {
  return events.schedule.length > 0 || schedulerRole !== undefined;
}

/** What is scheduled to send, and where it sends. */
interface Scheduling {
  stack: StackRef;
  scheduler: SchedulerClient;
  configuration: Configuration;
  worker: Worker;
  destination: Destination;
}

/** Has EventBridge Scheduler send the message to the queue, once; gives the name of the schedule, which then deletes itself. */
export async function scheduleMessage(
  scheduling: Scheduling,
  message: OutgoingMessage,
  at: Date,
): Promise<string> {
  const { CreateScheduleCommand } = await import('../../vendor/scheduler.mjs');
  const Name = `watchbot-send-${randomUUID()}`;
  await scheduling.scheduler.send(
    new CreateScheduleCommand({
      Name,
      // To the second, and in UTC.
      ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: { RoleArn: await roleArn(scheduling), ...target(scheduling.destination, message, Name) },
    }),
  );
  return Name;
}

/**
 * The target for SQS gives no deduplication id, and a FIFO queue would drop the second of two equal bodies that are due
 * at the same time: there the API itself is called, with the name of the schedule as the id.
 */
function target({ queueArn, queueUrl }: Destination, { body, groupId }: OutgoingMessage, name: string) {
  if (groupId === undefined) return { Arn: queueArn, Input: body };
  const [, partition] = queueArn.split(':');
  const call = {
    QueueUrl: queueUrl,
    MessageBody: body,
    MessageGroupId: groupId,
    MessageDeduplicationId: name,
  };
  return { Arn: `arn:${partition}:scheduler:::aws-sdk:sqs:sendMessage`, Input: JSON.stringify(call) };
}

/** An output gives it, if a function of CloudFormation gives it or its path. */
async function roleArn({ stack, configuration, worker, destination }: Scheduling): Promise<string> {
  const { schedulerRole } = worker;
  if (typeof schedulerRole === 'string') return schedulerRole;
  const path = scheduleRolePath({ configuration, worker });
  if (schedulerRole !== undefined || typeof path !== 'string')
    return outputOf(stack, OutputName.scheduleRoleArn(worker.name));
  const id = logicalId(worker.name, 'scheduleRole');
  const name = (await physicalIds(stack, [id])).get(id) ?? notThere(`role ${id}`, stack);
  const [, partition, , , account] = destination.queueArn.split(':');
  return `arn:${partition}:iam::${account}:role${path}${name}`;
}

async function outputOf(stack: StackRef, name: string): Promise<string> {
  const { Outputs = [] } = (await findStack(stack)) ?? {};
  const output = Outputs.find(({ OutputKey }) => OutputKey === name);
  return output?.OutputValue ?? notThere(`output ${name}`, stack);
}

function notThere(what: string, { stackName }: StackRef): never {
  throw UserError.of({
    code: 'WATCHBOT_NOT_DEPLOYED',
    place: `${what} of stack ${stackName}`,
    given: 'nothing of that name',
    allowed: 'a role with which EventBridge Scheduler may send to the queue',
    advice: 'deploy the stack as serverless.yml has it now',
  });
}
