import type { TextOrIntrinsic } from '../config/configuration';
import type { S3Source, SnsSource } from '../config/sources';
import { ownId } from '../config/functions';
import { SourceId } from '../config/logical-ids';
import { sourceName } from '../config/names';
import { eventBridgeForm, existingBuckets, madeBuckets, type MadeBucket } from '../config/s3-sources';
import { combine } from './cloudformation';
import { ArnPart, partFrom } from './derived';
import { queueArn, queueArnByName } from './queue-references';
import type { PropertiesOf, Resource, Resources } from './resource-types';
import { idOf, type Subject } from './subject';

/** Event sources that the queue's policy lets send: topics, rules and buckets. */

/** Subscriptions of the queue to existing topics. */
export function snsSubscriptions(subject: Subject): Resources {
  return combine(subject.worker.events.sns.map((source) => subscription(subject, source)));
}

function subscription(subject: Subject, source: SnsSource): Resources {
  const { arn, filterPolicy, filterPolicyScope, rawMessageDelivery } = source;
  return {
    [SourceId.snsSubscription(subject.worker.name, arn)]: {
      Type: 'AWS::SNS::Subscription',
      // SNS drops messages that it is not allowed to deliver: the permission must exist first.
      DependsOn: idOf(subject, 'queuePolicy'),
      Properties: {
        Protocol: 'sqs',
        TopicArn: arn,
        Endpoint: queueArn(subject),
        Region: otherRegion(subject, arn),
        FilterPolicy: filterPolicy,
        FilterPolicyScope: filterPolicy === undefined ? undefined : filterPolicyScope,
        RawMessageDelivery: rawMessageDelivery ? true : undefined,
      },
    },
  };
}

/** CloudFormation must be told the region of a topic that is not in the stack's own, as a topic of the service is. */
function otherRegion(
  { configuration: { context } }: Subject,
  arn: SnsSource['arn'],
): TextOrIntrinsic | undefined {
  if (typeof arn !== 'string') {
    const isOwn = ownId(arn, 'AWS::SNS::Topic', context.resources) !== undefined;
    return isOwn ? undefined : partFrom(arn, ArnPart.region);
  }
  const region = arn.split(':')[ArnPart.region];
  return region === context.region ? undefined : region;
}

/** Rules of EventBridge that send events to the queue. */
export function eventRules(subject: Subject): Resources {
  const { name, events } = subject.worker;
  const rules = events.eventBridge.map((source, index) => {
    const { eventBus, pattern, input, inputPath, messageGroupId } = source;
    return rule(subject, SourceId.eventRule(name, index + 1), {
      eventBus,
      pattern,
      target: {
        Input: input === undefined ? undefined : jsonText(input),
        InputPath: inputPath,
        ...messageGroup(messageGroupId),
      },
    });
  });
  return combine(rules);
}

/** Rules for the objects of existing buckets, to which CloudFormation cannot add a notification. */
export function bucketRules(subject: Subject): Resources {
  const { name, events } = subject.worker;
  const rules = existingBuckets(events).map((source, index) =>
    rule(subject, SourceId.bucketRule(name, index + 1), {
      pattern: bucketPattern(source),
      target: messageGroup(source.messageGroupId),
    }),
  );
  return combine(rules);
}

type RuleProperties = PropertiesOf<'AWS::Events::Rule'>;

function rule(subject: Subject, id: string, { eventBus, pattern, target }: RuleSettings): Resources {
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: sourceName(subject.configuration.context, id),
        EventBusName: eventBus,
        EventPattern: pattern,
        // By name: the policy of a key names the rule, and the queue needs the key.
        Targets: [{ Id: 'queue', Arn: queueArnByName(subject), ...target }],
      },
    },
  };
}

interface RuleSettings {
  eventBus?: RuleProperties['EventBusName'];
  pattern: Readonly<Record<string, unknown>>;
  target: Partial<Extract<NonNullable<RuleProperties['Targets']>, readonly unknown[]>[number]>;
}

/** EventBridge takes only JSON: any other text becomes a JSON string. */
function jsonText(input: string): string {
  try {
    JSON.parse(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}

function messageGroup(messageGroupId: string | undefined): RuleSettings['target'] {
  return messageGroupId === undefined ? {} : { SqsParameters: { MessageGroupId: messageGroupId } };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
function bucketPattern({ bucket, event, prefix, suffix }: S3Source): Record<string, unknown> {
  const form = eventBridgeForm(event);
  const key = keyPattern(prefix, suffix);
  return {
    source: ['aws.s3'],
    'detail-type': [form?.detailType],
    detail: {
      bucket: { name: [bucket] },
      ...form?.detail,
      object: key === undefined ? undefined : { key: [key] },
    },
  };
}

function keyPattern(prefix: string | undefined, suffix: string | undefined) {
  if (prefix !== undefined && suffix !== undefined) {
    return { wildcard: `${literal(prefix)}*${literal(suffix)}` };
  }
  if (prefix !== undefined) return { prefix };
  return suffix === undefined ? undefined : { suffix };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html (wildcard) */
function literal(text: string): string {
  return text.replaceAll(/[*\\]/g, (character) => `\\${character}`);
}

/** Buckets that are made here, and notify the queue of their objects. */
export function buckets(subject: Subject): Resources {
  const { name, events } = subject.worker;
  return Object.fromEntries(
    madeBuckets(events).map((made) => [SourceId.bucket(name, made.bucket), bucketOf(subject, made)]),
  );
}

function bucketOf(subject: Subject, { bucket, notifications }: MadeBucket): Resource {
  return {
    Type: 'AWS::S3::Bucket',
    // S3 refuses a notification that it is not allowed to send to the queue.
    DependsOn: idOf(subject, 'queuePolicy'),
    // Its content is the user's; besides, CloudFormation cannot remove a bucket that is not empty.
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: bucket,
      NotificationConfiguration: {
        QueueConfigurations: notifications.map(({ event, prefix, suffix }) => ({
          Event: event,
          Queue: queueArn(subject),
          Filter: filter(prefix, suffix),
        })),
      },
    },
  };
}

function filter(prefix: string | undefined, suffix: string | undefined) {
  const Rules = [
    ...(prefix === undefined ? [] : [{ Name: 'prefix', Value: prefix }]),
    ...(suffix === undefined ? [] : [{ Name: 'suffix', Value: suffix }]),
  ];
  return Rules.length === 0 ? undefined : { S3Key: { Rules } };
}
