import { existingBuckets, madeBuckets } from '../../config/s3-sources';
import { SourceId } from '../../config/logical-ids';
import { sourceName, topicName } from '../../config/names';
import type { TextOrIntrinsic } from '../../config/configuration';
import { arn, compact, getAtt, oneOrMore, ref, sub, type Statement } from '../cloudformation';
import { snsPrincipal } from './sns-principal';
import { idOf, type ConfiguredWorker } from './subject';

/**
 * A service of AWS that sends to the queue in its own name, and for which of its resources it may. One for each
 * service, whatever the number of resources: a queue's policy takes 20 statements and 10 conditions.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
export interface Sender {
  sid: 'TopicSends' | 'RuleSends' | 'BucketSends';
  principals: readonly string[];
  sources: readonly Source[];
  /** Whether the ARNs lack an account: then a bucket of that name in another account must be told apart. */
  isGlobal: boolean;
}

interface Source {
  arn: TextOrIntrinsic;
  /** By name, for what the source depends on itself; several where the name does not say which it will be. */
  byName: readonly TextOrIntrinsic[];
}

/** Who sends by leave of the queue's policy. Schedules and webhooks have a role instead. */
export function senders(subject: ConfiguredWorker): Sender[] {
  const all: Sender[] = [
    { sid: 'TopicSends', principals: snsPrincipals(subject), sources: topics(subject), isGlobal: false },
    { sid: 'RuleSends', principals: ['events.amazonaws.com'], sources: rules(subject), isGlobal: false },
    { sid: 'BucketSends', principals: ['s3.amazonaws.com'], sources: buckets(subject), isGlobal: true },
  ];
  return all.filter(({ sources }) => sources.length > 0);
}

/** A statement by which a service may do something, only for these sources. */
export function leaveOf(
  { sid, principals, sources, isGlobal }: Sender,
  what: Pick<Statement, 'Action' | 'Resource'>,
  arnsOf: (source: Source) => readonly TextOrIntrinsic[],
): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: oneOrMore(principals) },
    ...what,
    Condition: compact({
      ArnEquals: { 'aws:SourceArn': oneOrMore(sources.flatMap(arnsOf)) },
      StringEquals: isGlobal ? { 'aws:SourceAccount': ref('AWS::AccountId') } : undefined,
    }),
  };
}

function snsPrincipals({ configuration: { context }, worker: { events, topic } }: ConfiguredWorker) {
  const ofSources = events.sns.map((source) => snsPrincipal(source.arn, context.region));
  return [...new Set([...(topic ? [snsPrincipal(undefined, context.region)] : []), ...ofSources])];
}

function topics(subject: ConfiguredWorker): Source[] {
  const { configuration, worker } = subject;
  const byName = arn('sns', topicName(configuration.context, worker.name, worker.queue.fifo));
  return [
    ...(worker.topic ? [{ arn: ref(idOf(subject, 'topic')), byName: [byName] }] : []),
    ...worker.events.sns.map((source) => ({ arn: source.arn, byName: [source.arn] })),
  ];
}

function rules({ configuration: { context }, worker: { name, events } }: ConfiguredWorker): Source[] {
  const rule = (id: string, eventBus?: TextOrIntrinsic): Source => ({
    arn: getAtt(id, 'Arn'),
    byName: ruleArns(sourceName(context, id), eventBus),
  });
  return [
    ...events.eventBridge.map(({ eventBus }, index) => rule(SourceId.eventRule(name, index + 1), eventBus)),
    ...existingBuckets(events).map((_source, index) => rule(SourceId.bucketRule(name, index + 1))),
  ];
}

const DEFAULT_BUS = 'default';
const BUS_ARN_START = /^arn:.*?:event-bus\//;

/**
 * The ARN of a rule on another bus than the default one has the name of the bus in it. A function may give that name,
 * or an ARN, or `default`: the rule is then told by its own name, on whichever bus of the account it is.
 */
function ruleArns(name: string, eventBus: TextOrIntrinsic = DEFAULT_BUS): TextOrIntrinsic[] {
  const onDefault = arn('events', `rule/${name}`);
  if (typeof eventBus !== 'string') return [onDefault, arn('events', `rule/*/${name}`)];
  const bus = eventBus.replace(BUS_ARN_START, '');
  return bus === DEFAULT_BUS ? [onDefault] : [arn('events', `rule/${bus}/${name}`)];
}

function buckets({ worker: { events } }: ConfiguredWorker): Source[] {
  return madeBuckets(events).map(({ bucket }) => {
    const byName = bucketArn(bucket);
    return { arn: byName, byName: [byName] };
  });
}

/** By name: the bucket itself waits for the policy, without which S3 would refuse its notifications. */
function bucketArn(bucket: TextOrIntrinsic): TextOrIntrinsic {
  return typeof bucket === 'string'
    ? sub(`arn:\${AWS::Partition}:s3:::${bucket}`)
    : sub('arn:${AWS::Partition}:s3:::${Bucket}', { Bucket: bucket });
}
