import { mapValues } from '../../aws-json/map-values';
import type { MessageAttribute } from '../queue/queue';
import { isBinary, md5OfAttributes, md5OfBody } from './checksums';
import type { Job } from './job';

/** Where messages come from, as an event names it. */
export interface EventSource {
  queueArn: string;
  region: string;
}

/** Of a message's own attributes, what SQS does not have: the event has no other place for a subject. */
const SUBJECT = 'Subject';

/**
 * The event of Lambda's SQS integration, as JSON: messages as SQS gave them. One that the plugin's own topic wrapped is
 * told as if its sender had sent it to the queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export function sqsEvent(
  jobs: readonly Pick<Job, 'received' | 'body' | 'attributes' | 'subject'>[],
  { queueArn, region }: EventSource,
): string {
  const records = jobs.map(({ received, body, attributes, subject }) => {
    // What was taken out of an envelope is never the envelope.
    const isWhole = body === received.body;
    return {
      messageId: received.messageId,
      receiptHandle: received.receiptHandle,
      body,
      attributes: { ...received.systemAttributes, ...(subject !== undefined && { [SUBJECT]: subject }) },
      messageAttributes: mapValues(attributes, eventAttribute),
      // Without attributes Lambda leaves it out.
      md5OfMessageAttributes: isWhole ? received.md5.attributes : md5OfAttributes(attributes),
      md5OfBody: isWhole ? received.md5.body : md5OfBody(body),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: region,
    };
  });
  return JSON.stringify({ Records: records });
}

function eventAttribute({ Type, Value }: MessageAttribute) {
  const value = isBinary(Type) ? { binaryValue: Value } : { stringValue: Value };
  return { ...value, stringListValues: [], binaryListValues: [], dataType: Type };
}
