import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { own } from './owned.mjs';

export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const ACCOUNT_ID = '000000000000';
/** The plugin's own default: what comes more often is a dead letter. */
export const MAX_RECEIVES = 10;
/** SQS's own limit. */
const MAX_BATCH = 10;

/** SQS on loopback, in a process of its own, which also ends when this one does. */
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
 * @param groups of a FIFO queue, to which messages are sent in turn; 0: it is none
 * @returns a queue with a dead-letter queue, and what a scenario does with it
 */
export async function createQueue(endpoint, name, groups = 0) {
  const sqs = new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  own(() => Promise.resolve(sqs.destroy()));
  const [suffix, kind] = groups > 0 ? ['.fifo', { FifoQueue: 'true' }] : ['', {}];
  const [mainName, deadName] = [`${name}${suffix}`, `${name}-dead${suffix}`];
  const { QueueUrl: deadUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: deadName, Attributes: kind }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${deadName}`,
    maxReceiveCount: MAX_RECEIVES,
  });
  const { QueueUrl: url } = await sqs.send(
    new CreateQueueCommand({ QueueName: mainName, Attributes: { RedrivePolicy, ...kind } }),
  );
  return {
    url,
    isFifo: groups > 0,
    /** All that were sent, in that order: id → body and group. */
    sent: new Map(),
    async send(bodies) {
      for (let from = 0; from < bodies.length; from += MAX_BATCH) {
        const batch = bodies
          .slice(from, from + MAX_BATCH)
          .map((body, index) => toMessage(body, this.sent.size + index, groups));
        const Entries = batch.map(({ body, group, place }, index) => ({
          ...{ Id: String(index), MessageBody: body },
          ...(groups > 0 && { MessageGroupId: group, MessageDeduplicationId: String(place) }),
        }));
        const { Successful } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        const byIndex = Successful.toSorted((one, other) => Number(one.Id) - Number(other.Id));
        for (const { Id, MessageId } of byIndex) this.sent.set(MessageId, batch[Number(Id)]);
      }
    },
    async counts() {
      const [main, dead] = [await attributesOf(sqs, url), await attributesOf(sqs, deadUrl)];
      return { ...main, dead: dead.visible + dead.inFlight };
    },
    /** Id → where each message is that was not deleted. By the emulator's own word: SQS itself only has numbers. */
    async places() {
      const [main, dead] = [await inspect(endpoint, mainName), await inspect(endpoint, deadName)];
      return new Map([
        ...main.ready.map(({ messageId }) => [messageId, 'visible']),
        ...main.delayed.map(({ messageId }) => [messageId, 'delayed']),
        ...main.inflight.map(({ message }) => [message.messageId, 'in flight']),
        ...[...dead.ready, ...dead.delayed].map(({ messageId }) => [messageId, 'dead']),
      ]);
    },
  };
}

function toMessage(body, place, groups) {
  return groups > 0 ? { body, place, group: `group-${place % groups}` } : { body };
}

async function inspect(endpoint, name) {
  // The emulator takes what is signed, by any keys.
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
