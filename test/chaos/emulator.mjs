import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { own } from './owned.mjs';

export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const ACCOUNT_ID = '000000000000';
/** The plugin's default. A message that is received more often becomes a dead letter. */
export const MAX_RECEIVES = 10;
/** Limits of SQS for a batch. */
const MAX_BATCH = 10;
const MAX_BATCH_BYTES = 2 ** 20;
/**
 * The attribute that tells a worker the kind and key of a message: `chaos-KIND-KEY-`. A message that the watcher sends
 * anew gets another id but keeps this attribute.
 */
const MARK = 'mark';

/** Starts SQS on loopback in a child process, which ends if this process does. */
export async function startEmulator() {
  const child = fork(path.join(import.meta.dirname, 'emulator-process.mjs'));
  const ended = once(child, 'exit');
  const end = own(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  const ask = async () => {
    child.send('requests');
    const [{ requests }] = await once(child, 'message');
    return requests;
  };
  const [{ endpoint }] = await once(child, 'message');
  return { endpoint, requests: ask, end };
}

/**
 * Creates a queue with a dead-letter queue.
 * @param groups number of groups of a FIFO queue, which messages are sent to in turn; 0 for a standard queue
 * @param maxReceives a message that is received more often becomes a dead letter
 */
export async function createQueue(endpoint, name, { groups = 0, maxReceives = MAX_RECEIVES } = {}) {
  const sqs = new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  own(() => Promise.resolve(sqs.destroy()));
  const [suffix, kind] = groups > 0 ? ['.fifo', { FifoQueue: 'true' }] : ['', {}];
  const [mainName, deadName] = [`${name}${suffix}`, `${name}-dead${suffix}`];
  const { QueueUrl: deadUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: deadName, Attributes: kind }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${deadName}`,
    maxReceiveCount: maxReceives,
  });
  const { QueueUrl: url } = await sqs.send(
    new CreateQueueCommand({ QueueName: mainName, Attributes: { RedrivePolicy, ...kind } }),
  );
  return {
    url,
    isFifo: groups > 0,
    maxReceives,
    /** Sent messages, in order: key, or id if it has none → body, group and kind. */
    sent: new Map(),
    /** @param bodies each is a text, or an object of body, kind and key */
    async send(bodies) {
      for (const part of inBatches(bodies)) {
        const batch = part.map((body, index) => toMessage(body, this.sent.size + index, groups));
        const Entries = batch.map(({ body, group, place, kind, key }, index) => ({
          ...{ Id: String(index), MessageBody: body },
          ...(groups > 0 && { MessageGroupId: group, MessageDeduplicationId: String(place) }),
          ...(key && {
            MessageAttributes: { [MARK]: { DataType: 'String', StringValue: markOf(kind, key) } },
          }),
        }));
        const { Successful } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        const byIndex = Successful.toSorted((one, other) => Number(one.Id) - Number(other.Id));
        for (const { Id, MessageId } of byIndex) {
          const message = batch[Number(Id)];
          this.sent.set(message.key ?? MessageId, message);
        }
      }
    },
    async counts() {
      const [main, dead] = [await attributesOf(sqs, url), await attributesOf(sqs, deadUrl)];
      return { ...main, dead: dead.visible + dead.inFlight };
    },
    /**
     * Where each message is that was not deleted, by key or id. Only the emulator can say this: SQS has just counts.
     */
    async places() {
      const [main, dead] = [await inspect(endpoint, mainName), await inspect(endpoint, deadName)];
      return new Map([
        ...main.ready.map((message) => [nameOf(message), 'visible']),
        ...main.delayed.map((message) => [nameOf(message), 'delayed']),
        ...main.inflight.map(({ message }) => [nameOf(message), 'in flight']),
        ...[...dead.ready, ...dead.delayed].map((message) => [nameOf(message), 'dead']),
      ]);
    },
  };
}

function toMessage(given, place, groups) {
  const message = typeof given === 'string' ? { body: given } : given;
  return groups > 0 ? { ...message, place, group: `group-${place % groups}` } : message;
}

export const markOf = (kind, key) => `chaos-${kind}-${key}-`;

const nameOf = ({ messageId, messageAttributes }) =>
  /^chaos-\w+-(\w+)-/.exec(messageAttributes?.[MARK]?.StringValue)?.[1] ?? messageId;

/** Splits messages into batches that SQS accepts, by count and by size. */
function* inBatches(bodies) {
  let [batch, bytes] = [[], 0];
  for (const each of bodies) {
    const own = Buffer.byteLength(each.body ?? each);
    if (batch.length === MAX_BATCH || (batch.length > 0 && bytes + own > MAX_BATCH_BYTES * 0.9)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(each);
    bytes += own;
  }
  if (batch.length > 0) yield batch;
}

async function inspect(endpoint, name) {
  // The emulator accepts any signature.
  const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=test, Signature=none' };
  const asked = get(`${endpoint}/_fauxqs/queues/${name}`, { headers });
  const [response] = await once(asked, 'response');
  return (await json(response)).messages;
}

async function attributesOf(sqs, QueueUrl) {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes } = await sqs.send(command);
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}
