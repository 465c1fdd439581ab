import { mapValues } from '../../aws-json/map-values';
import type { MessageAttribute, ReceivedMessage } from '../queue/queue';

/** Where messages come from, as an event names it. */
export interface EventSource {
  queueArn: string;
  region: string;
}

/**
 * The event of Lambda's SQS integration, as JSON: messages whole, as SQS gave them, an envelope of SNS included.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export function sqsEvent(messages: readonly ReceivedMessage[], { queueArn, region }: EventSource): string {
  const records = messages.map(({ messageId, receiptHandle, body, systemAttributes, attributes, md5 }) => ({
    messageId,
    receiptHandle,
    body,
    attributes: systemAttributes,
    messageAttributes: mapValues(attributes, eventAttribute),
    // Without attributes Lambda leaves it out.
    md5OfMessageAttributes: md5.attributes,
    md5OfBody: md5.body,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  }));
  return JSON.stringify({ Records: records });
}

function eventAttribute({ Type, Value }: MessageAttribute) {
  const value = Type.startsWith('Binary') ? { binaryValue: Value } : { stringValue: Value };
  return { ...value, stringListValues: [], binaryListValues: [], dataType: Type };
}
