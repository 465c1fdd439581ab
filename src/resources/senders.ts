import type { TextOrIntrinsic } from '../config/configuration';
import { existingBuckets, madeBuckets } from '../config/s3-sources';
import { SourceId } from '../config/logical-ids';
import { ownId, type OwnResources } from '../config/functions';
import { sourceName, topicName } from '../config/names';
import { arn, arnOfName, getAtt, oneOrMore, ref, sub, type Statement } from './cloudformation';
import { nameFrom } from './derived';
import { extendedName } from './extensions';
import { idOf, type ConfiguredWorker } from './subject';

/**
 * A service of AWS that sends to the queue in its own name, and the resources for which it may. There is one for each
 * service, however many resources it has: a queue's policy takes 20 statements and 10 conditions.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
export interface Sender {
  sid: 'TopicSends' | 'RuleSends' | 'BucketSends';
  principals: readonly string[];
  sources: readonly Source[];
  /** Whether the ARNs name no account. Then a condition excludes buckets of that name in other accounts. */
  isGlobal: boolean;
}

interface Source {
  arn: TextOrIntrinsic;
  /** The ARN made of the name, if the source depends on whoever asks. */
  byName: TextOrIntrinsic;
}

/** The services that the queue's policy lets send. Schedules and webhooks have a role instead. */
export function senders(subject: ConfiguredWorker): Sender[] {
  const all: Sender[] = [
    { sid: 'TopicSends', principals: snsPrincipals(subject), sources: topics(subject), isGlobal: false },
    { sid: 'RuleSends', principals: ['events.amazonaws.com'], sources: rules(subject), isGlobal: false },
    { sid: 'BucketSends', principals: ['s3.amazonaws.com'], sources: buckets(subject), isGlobal: true },
  ];
  return all.filter(({ sources }) => sources.length > 0);
}

/** A statement that lets a service do something on behalf of these sources only. */
export function permissionOf(
  { sid, principals, sources, isGlobal }: Sender,
  what: Pick<Statement, 'Action' | 'Resource'>,
  arnOf: (source: Source) => TextOrIntrinsic,
): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: oneOrMore(principals) },
    ...what,
    Condition: {
      ArnEquals: { 'aws:SourceArn': oneOrMore(sources.map(arnOf)) },
      StringEquals: isGlobal ? { 'aws:SourceAccount': ref('AWS::AccountId') } : undefined,
    },
  };
}

function topics(subject: ConfiguredWorker): Source[] {
  const { configuration, worker } = subject;
  const name =
    extendedName(worker, 'topic', 'TopicName') ??
    topicName(configuration.context, worker.name, worker.queue.fifo);
  const byName = arnOfName('sns', name);
  return [
    ...(worker.topic === true ? [{ arn: ref(idOf(subject, 'topic')), byName }] : []),
    ...worker.events.sns.map((source) => ({ arn: source.arn, byName: source.arn })),
  ];
}

function snsPrincipals({ configuration: { context }, worker: { events, topic } }: ConfiguredWorker) {
  const ofSources = events.sns.map((source) => snsPrincipal(source.arn, context.region));
  return [...new Set([...(topic === true ? [snsPrincipal(undefined, context.region)] : []), ...ofSources])];
}

const SNS = 'sns.amazonaws.com';

/**
 * The principal as which SNS delivers to a queue. If a topic delivers to another region, and one of the two regions is
 * opt-in, the principal is that region's own; with any other, SNS would drop messages silently.
 * @param topic undefined for a topic in the queue's own region
 */
export function snsPrincipal(topic: TextOrIntrinsic | undefined, queueRegion: string): string {
  const [, partition, , topicRegion] = typeof topic === 'string' ? topic.split(':') : [];
  // Only the partition `aws` has regions of both kinds.
  if (topicRegion === undefined || topicRegion === queueRegion || partition !== 'aws') return SNS;
  const optIn = [queueRegion, topicRegion].find((region) => !DEFAULT_REGIONS.includes(region));
  return optIn === undefined ? SNS : `sns.${optIn}.amazonaws.com`;
}

/**
 * Regions that are enabled in every account, as SNS counts them. The list is closed: newer regions are opt-in.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
 */
const DEFAULT_REGIONS: readonly string[] = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];

function rules({ configuration: { context }, worker }: ConfiguredWorker): Source[] {
  const { name, events } = worker;
  const rule = (id: string, extension: string, eventBus?: TextOrIntrinsic): Source => ({
    arn: getAtt(id, 'Arn'),
    byName: ruleArn(
      extendedName(worker, extension, 'Name') ?? sourceName(context, id),
      extendedName(worker, extension, 'EventBusName') ?? eventBus,
      context.resources,
    ),
  });
  return [
    ...events.eventBridge.map(({ eventBus }, index) =>
      rule(SourceId.eventRule(name, index + 1), `eventRule${index + 1}`, eventBus),
    ),
    ...existingBuckets(events).map((_source, index) =>
      rule(SourceId.bucketRule(name, index + 1), `bucketRule${index + 1}`),
    ),
  ];
}

const DEFAULT_BUS = 'default';
const EVENT_BUS = 'event-bus/';

/** The ARN of a rule contains the name of its bus, unless that is the default one. */
function ruleArn(
  name: TextOrIntrinsic,
  eventBus: TextOrIntrinsic = DEFAULT_BUS,
  resources: OwnResources = {},
): TextOrIntrinsic {
  if (typeof eventBus === 'string') {
    const bus = eventBus.split(EVENT_BUS).slice(-1)[0]!;
    return arnOfName('events', name, bus === DEFAULT_BUS ? 'rule/' : `rule/${bus}/`);
  }
  const id = ownId(eventBus, 'AWS::Events::EventBus', resources);
  if (id !== undefined && typeof name === 'string') return arn('events', `rule/\${${id}}/${name}`);
  const start = 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/';
  const withBus = sub(`${start}\${Bus}/\${Name}`, { Bus: nameFrom(eventBus, EVENT_BUS), Name: name });
  // Only CloudFormation knows whether it is the default one: it leaves that out.
  return { 'Fn::Join': [':rule/', { 'Fn::Split': [`:rule/${DEFAULT_BUS}/`, withBus] }] };
}

/** By name: the bucket itself waits for the policy, without which S3 would refuse its notifications. */
function buckets({ worker: { events } }: ConfiguredWorker): Source[] {
  return madeBuckets(events).map(({ bucket }) => {
    const bucketArn =
      typeof bucket === 'string'
        ? sub(`arn:\${AWS::Partition}:s3:::${bucket}`)
        : sub('arn:${AWS::Partition}:s3:::${Bucket}', { Bucket: bucket });
    return { arn: bucketArn, byName: bucketArn };
  });
}
