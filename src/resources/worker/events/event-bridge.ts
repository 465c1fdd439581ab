import type { S3Source } from '../../../config/configuration';
import { eventBridgeForm, existingBuckets } from '../../../config/s3-sources';
import { SourceId } from '../../../config/logical-ids';
import { sourceName } from '../../../config/names';
import { combine, compact, type Resources } from '../../cloudformation';
import { queueArnByName } from '../queue-references';
import type { Subject } from '../subject';

/** Rules that send events to the queue. */
export function eventRules(subject: Subject): Resources {
  const { name, events } = subject.worker;
  const rules = events.eventBridge.map((source, index) => {
    const { eventBus, pattern, input, inputPath, messageGroupId } = source;
    return rule(subject, SourceId.eventRule(name, index + 1), {
      bus: { EventBusName: eventBus },
      pattern,
      target: {
        Input: input === undefined ? undefined : jsonText(input),
        InputPath: inputPath,
        ...groupOf(messageGroupId),
      },
    });
  });
  return combine(rules);
}

/** Rules for the objects of buckets that are there already: CloudFormation cannot add a notification to them. */
export function bucketRules(subject: Subject): Resources {
  const { name, events } = subject.worker;
  const rules = existingBuckets(events).map((source, index) =>
    rule(subject, SourceId.bucketRule(name, index + 1), {
      bus: {},
      pattern: bucketPattern(source),
      target: groupOf(source.messageGroupId),
    }),
  );
  return combine(rules);
}

function rule(
  subject: Subject,
  id: string,
  parts: {
    bus: Record<string, unknown>;
    pattern: Readonly<Record<string, unknown>>;
    target: Record<string, unknown>;
  },
): Resources {
  const { bus, pattern, target } = parts;
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: compact({
        Name: sourceName(subject.configuration.context, id),
        ...bus,
        EventPattern: pattern,
        // By name: where there is a key, its policy names the rule, and the queue needs the key.
        Targets: [compact({ Id: 'queue', Arn: queueArnByName(subject), ...target })],
      }),
    },
  };
}

/** EventBridge takes only JSON: a text that is none becomes a JSON text, in quotes. */
function jsonText(input: string): string {
  try {
    JSON.parse(input);
    return input;
  } catch {
    return JSON.stringify(input);
  }
}

function groupOf(messageGroupId: string | undefined): Record<string, unknown> {
  return messageGroupId === undefined ? {} : { SqsParameters: { MessageGroupId: messageGroupId } };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
function bucketPattern({ bucket, event, prefix, suffix }: S3Source): Record<string, unknown> {
  const form = eventBridgeForm(event);
  const key = keyPattern(prefix, suffix);
  return {
    source: ['aws.s3'],
    'detail-type': [form?.detailType],
    detail: compact({
      bucket: { name: [bucket] },
      ...form?.detail,
      object: key === undefined ? undefined : { key: [key] },
    }),
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
