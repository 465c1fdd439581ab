import type { Sources } from '../../config/events';
import { SourceId } from '../../config/logical-ids';
import { sourceName, topicName } from '../../config/names';
import type { TextOrIntrinsic } from '../../config/configuration';
import { arn, getAtt, ref, sub } from '../cloudformation';
import { idOf, type Subject } from './subject';

/** A service of AWS that sends to the queue in its own name, and for which resource it may. */
export interface Sender {
  sid: string;
  service: 'sns.amazonaws.com' | 'events.amazonaws.com' | 's3.amazonaws.com';
  source: TextOrIntrinsic;
  /** The source by its name, for what it depends on itself. */
  sourceByName: TextOrIntrinsic;
  /** Whether the ARN lacks an account: then a bucket of that name in another account must be told apart. */
  isGlobal: boolean;
}

/** Who sends by leave of the queue's policy. Schedules and webhooks have a role instead. */
export function senders(subject: Subject): Sender[] {
  const { events, topic } = subject.worker;
  return [
    ...(topic ? [ownTopic(subject)] : []),
    ...events.sns.map(({ arn: source }, index) => ({
      sid: `TopicSends${index + 1}`,
      service: 'sns.amazonaws.com' as const,
      source,
      sourceByName: source,
      isGlobal: false,
    })),
    ...events.eventBridge.map(({ eventBus }, index) =>
      rule(subject, `EventRuleSends${index + 1}`, {
        id: SourceId.eventRule(subject.worker.name, index + 1),
        eventBus,
      }),
    ),
    ...buckets(subject, events),
  ];
}

function ownTopic(subject: Subject): Sender {
  const { configuration, worker } = subject;
  return {
    sid: 'TopicSends',
    service: 'sns.amazonaws.com',
    source: ref(idOf(subject, 'topic')),
    sourceByName: arn('sns', topicName(configuration.context, worker.name, worker.queue.fifo)),
    isGlobal: false,
  };
}

function rule(
  { configuration: { context } }: Subject,
  sid: string,
  { id, eventBus }: { id: string; eventBus: TextOrIntrinsic | undefined },
): Sender {
  return {
    sid,
    service: 'events.amazonaws.com',
    source: getAtt(id, 'Arn'),
    sourceByName: ruleArn(sourceName(context, id), eventBus),
    isGlobal: false,
  };
}

/** The ARN of a rule on another bus than the default one has the name of the bus in it. */
function ruleArn(name: string, eventBus: TextOrIntrinsic | undefined): TextOrIntrinsic {
  if (eventBus === undefined) return arn('events', `rule/${name}`);
  if (typeof eventBus === 'string') return arn('events', `rule/${eventBus.split('/').at(-1)}/${name}`);
  return sub(`arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/\${Bus}/${name}`, {
    Bus: eventBus,
  });
}

function buckets(subject: Subject, { s3 }: Sources): Sender[] {
  const { name } = subject.worker;
  const made = new Map(
    s3.filter(({ existing }) => !existing).map(({ bucket }) => [JSON.stringify(bucket), bucket]),
  );
  const existing = s3.filter((source) => source.existing);
  return [
    ...[...made.values()].map((bucket, index): Sender => {
      const source = bucketArn(bucket);
      return {
        sid: `BucketSends${index + 1}`,
        service: 's3.amazonaws.com',
        source,
        sourceByName: source,
        isGlobal: true,
      };
    }),
    ...existing.map((_source, index) =>
      rule(subject, `BucketRuleSends${index + 1}`, {
        id: SourceId.bucketRule(name, index + 1),
        eventBus: undefined,
      }),
    ),
  ];
}

/** By name: the bucket itself waits for the policy, without which S3 would refuse its notifications. */
function bucketArn(bucket: TextOrIntrinsic): TextOrIntrinsic {
  return typeof bucket === 'string'
    ? sub(`arn:\${AWS::Partition}:s3:::${bucket}`)
    : sub('arn:${AWS::Partition}:s3:::${Bucket}', { Bucket: bucket });
}
