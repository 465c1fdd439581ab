import type { Configuration } from '../../config/configuration';
import { logicalId, SharedId } from '../../config/logical-ids';
import { isMap } from '../../config/maps';
import { AWAKE_EVERY_HOURS } from '../../scaling/limits';
import { getAtt, oneOrMore, policyDocument, type Resources } from '../cloudformation';
import { schedulerRole, sqsTarget } from '../scheduler';
import { queueUrl } from './queue-references';
import { named, type ConfiguredWorker, type Subject } from './subject';
import { workerTag } from './worker-tag';

/**
 * Keeps the metrics of a queue from falling asleep, by setting one of its tags to what it is: any action on a queue is a use
 * of it, and this one, of those that Scheduler can call, changes nothing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html
 */
export function awakeSchedule(subject: Subject): Resources {
  if (!subject.worker.scaling.awake) return {};
  const { Key, Value } = tagSetAnew(subject);
  return named(subject, 'awakeSchedule', {
    Type: 'AWS::Scheduler::Schedule',
    // CloudFormation gives the name: no policy needs it, and one by the stack and the worker could be too long.
    Properties: {
      Description: 'Keeps the metrics of the queue awake, by a tag that it has already.',
      ScheduleExpression: `rate(${AWAKE_EVERY_HOURS} hours)`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        ...sqsTarget('tagQueue', queueUrl(subject), { Tags: { [Key]: Value } }),
        RoleArn: getAtt(SharedId.awakeRole, 'Arn'),
        // After that the next call is due.
        RetryPolicy: { MaximumEventAgeInSeconds: AWAKE_EVERY_HOURS * 3_600 },
      },
    },
  });
}

/** The role in which they all do it; it can set nothing but those tags. */
export function awakeRole(configuration: Configuration): Resources {
  const sleepers = configuration.workers.filter(({ scaling }) => scaling.awake);
  if (sleepers.length === 0) return {};
  const keys = new Set(sleepers.map((worker) => tagSetAnew({ configuration, worker }).Key));
  const statement = {
    Sid: 'KeepAwake',
    Effect: 'Allow',
    Action: 'sqs:TagQueue',
    Resource: oneOrMore(sleepers.map(({ name }) => getAtt(logicalId(name, 'queue'), 'Arn'))),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-abac-condition-keys.html
    Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': oneOrMore([...keys]) } },
  } as const;
  return {
    [SharedId.awakeRole]: schedulerRole({ PolicyName: 'awake', PolicyDocument: policyDocument([statement]) }),
  };
}

/** What the queue has beside the provider's tags; undefined where nobody sets it anew. */
export const awakeTags = (subject: ConfiguredWorker) =>
  subject.worker.scaling.awake ? [workerTag(subject)] : undefined;

/** A tag that the template gives the queue: tags in `extensions` stand in the place of all others. */
function tagSetAnew(subject: ConfiguredWorker): { Key: string; Value: string } {
  const { Tags } = subject.worker.extensions.queue ?? {};
  return (Array.isArray(Tags) ? Tags.find(isPlainTag) : undefined) ?? workerTag(subject);
}

const isPlainTag = (tag: unknown): tag is { Key: string; Value: string } =>
  isMap(tag) && typeof tag.Key === 'string' && typeof tag.Value === 'string';
