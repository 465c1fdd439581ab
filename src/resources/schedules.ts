import { HOUR_SECONDS } from '../shared/durations';
import type { Configuration, TextOrIntrinsic, Worker } from '../config/configuration';
import type { ScheduleSource } from '../config/sources';
import { logicalId, SharedId, SourceId } from '../config/logical-ids';
import { isMap } from '../shared/json';
import { sourceName } from '../config/names';
import { AWAKE_EVERY_HOURS } from '../scaling/limits';
import {
  arn,
  assumedBy,
  combine,
  getAtt,
  oneOrMore,
  policyDocument,
  sub,
  type InlinePolicy,
  type Statement,
} from './cloudformation';
import { queueArn, queueUrl } from './queue-references';
import { roleArn } from './identities';
import type { PropertiesOf, Resources, Role } from './resource-types';
import { queueSendPolicy } from './sending';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';
import { workerTag } from './tags';

/** Schedules of EventBridge Scheduler: the user's, which send messages, and one that keeps a queue awake. */

/** The user's schedules, and the role in which they send. */
export function schedules(subject: Subject): Resources {
  const { name, events, schedulerRole } = subject.worker;
  if (events.schedule.length === 0) return {};
  const role = roleFor([queueSendPolicy(subject)]);
  return {
    ...(schedulerRole === undefined ? named(subject, 'scheduleRole', role) : {}),
    ...combine(
      events.schedule.map((source, index) => schedule(subject, SourceId.schedule(name, index + 1), source)),
    ),
  };
}

/** The role with which the schedules send. */
export const scheduleRoleArn = (subject: ConfiguredWorker): TextOrIntrinsic =>
  roleArn(subject.worker.schedulerRole, idOf(subject, 'scheduleRole'));

/** The path of that role if it is made here, which an extension may change. */
export const scheduleRolePath = ({ configuration, worker }: ConfiguredWorker): TextOrIntrinsic =>
  (worker.extensions.scheduleRole?.Path as TextOrIntrinsic | undefined) ??
  configuration.context.roles.path ??
  '/';

function schedule(subject: Subject, id: string, source: ScheduleSource): Resources {
  const { rate, timezone, enabled } = source;
  const name = sourceName(subject.configuration.context, id);
  return {
    [id]: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: name,
        ScheduleExpression: rate,
        ScheduleExpressionTimezone: timezone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: enabled ? 'ENABLED' : 'DISABLED',
        Target: target(subject, name, source),
      },
    },
  };
}

/** The default message; EventBridge Scheduler fills in the time. */
const DEFAULT_INPUT = JSON.stringify({ scheduledTime: '<aws.scheduler.scheduled-time>' });

/**
 * Scheduler's target for SQS gives no deduplication id, and a FIFO queue takes only the first of equal messages within five
 * minutes. So for a FIFO queue the schedule calls SQS's API, with an id of its own: the time makes it the same if Scheduler
 * retries, and the name makes it another one than that of any other schedule.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function target(
  subject: Subject,
  name: string,
  { input = DEFAULT_INPUT, messageGroupId }: ScheduleSource,
): PropertiesOf<'AWS::Scheduler::Schedule'>['Target'] {
  const RoleArn = scheduleRoleArn(subject);
  if (messageGroupId === undefined) return { Arn: queueArn(subject), RoleArn, Input: input };
  const call = {
    MessageBody: input,
    MessageGroupId: messageGroupId,
    MessageDeduplicationId: `${name}-<aws.scheduler.scheduled-time>`,
  };
  return { ...sqsTarget('sendMessage', queueUrl(subject), call), RoleArn };
}

/**
 * Keeps SQS reporting the metrics of an idle queue, by setting one of its tags to the value that it has: any action on a
 * queue counts as use of it, and of those that Scheduler can call, this one changes nothing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html
 */
export function awakeSchedule(subject: Subject): Resources {
  if (!subject.worker.scaling.awake) return {};
  const { Key, Value } = tagSetAgain(subject);
  return named(subject, 'awakeSchedule', {
    Type: 'AWS::Scheduler::Schedule',
    // CloudFormation gives the name: no policy needs it, and one made of the stack and the worker could be too long.
    Properties: {
      Description: 'Keeps the metrics of the queue awake, by a tag that it has already.',
      ScheduleExpression: `rate(${AWAKE_EVERY_HOURS} hours)`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        ...sqsTarget('tagQueue', queueUrl(subject), { Tags: { [Key]: Value } }),
        RoleArn: roleArn(subject.worker.schedulerRole, SharedId.awakeRole),
        // After that the next call is due.
        RetryPolicy: { MaximumEventAgeInSeconds: AWAKE_EVERY_HOURS * HOUR_SECONDS },
      },
    },
  });
}

/** The role of all schedules that keep a queue awake. It can set nothing but those tags. */
export function awakeRole(configuration: Configuration): Resources {
  const keptAwake = configuration.workers.filter(
    ({ scaling, schedulerRole }) => scaling.awake && schedulerRole === undefined,
  );
  if (keptAwake.length === 0) return {};
  return { [SharedId.awakeRole]: roleFor([awakePolicy(configuration, keptAwake)]) };
}

function awakePolicy(configuration: Configuration, keptAwake: readonly Worker[]): InlinePolicy {
  const keys = new Set(keptAwake.map((worker) => tagSetAgain({ configuration, worker }).Key));
  const statement: Statement = {
    Sid: 'KeepAwake',
    Effect: 'Allow',
    Action: 'sqs:TagQueue',
    Resource: oneOrMore(keptAwake.map(({ name }) => getAtt(logicalId(name, 'queue'), 'Arn'))),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-abac-condition-keys.html
    Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': oneOrMore([...keys]) } },
  };
  return { PolicyName: 'awake', PolicyDocument: policyDocument([statement]) };
}

/** What an existing role must allow, for all schedules of a worker; undefined if it has none. */
export function neededSchedulerRole({ configuration, worker }: ConfiguredWorker): Role | undefined {
  const policies = [
    ...(worker.events.schedule.length === 0 ? [] : [queueSendPolicy({ configuration, worker })]),
    ...(worker.scaling.awake ? [awakePolicy(configuration, [worker])] : []),
  ];
  return policies.length === 0 ? undefined : roleFor(policies);
}

/** Tags of the queue beside those of the provider; undefined if it is not kept awake. */
export const awakeTags = (subject: ConfiguredWorker) =>
  subject.worker.scaling.awake ? [workerTag(subject)] : undefined;

/** A tag that the template gives the queue: an extension may change it, or take it away. */
function tagSetAgain(subject: ConfiguredWorker): { Key: string; Value: string } {
  const own = workerTag(subject);
  const { Tags } = subject.worker.extensions.queue ?? {};
  if (!Array.isArray(Tags)) return own;
  return Tags.filter(isPlainTag).find(({ Key }) => Key === own.Key) ?? own;
}

const isPlainTag = (tag: unknown): tag is { Key: string; Value: string } =>
  isMap(tag) && typeof tag.Key === 'string' && typeof tag.Value === 'string';

/** A role for schedules of this stack; https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
const roleFor = (policies: readonly InlinePolicy[]): Role => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedBy('scheduler.amazonaws.com', {
      ArnEquals: { 'aws:SourceArn': arn('scheduler', 'schedule-group/default') },
    }),
    Policies: policies,
  },
});

/**
 * SQS's own API as the target, for what Scheduler's target for SQS cannot do.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
function sqsTarget(
  action: 'sendMessage' | 'tagQueue',
  queueUrl: TextOrIntrinsic,
  parameters: Readonly<Record<string, unknown>>,
) {
  // Nothing that the user wrote is a variable of `Fn::Sub`: JSON reads the escape as a dollar. A URL needs no escapes.
  const own = JSON.stringify(parameters).slice(1).replaceAll('${', '\\u0024{');
  return {
    Arn: sub(`arn:\${AWS::Partition}:scheduler:::aws-sdk:sqs:${action}`),
    Input: sub(`{"QueueUrl":"\${QueueUrl}",${own}`, { QueueUrl: queueUrl }),
  };
}
