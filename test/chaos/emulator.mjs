import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { own } from './owned.mjs';

export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const ACCOUNT_ID = '000000000000';
/** The plugin's own default: what comes more often is a dead letter, and counts as lost here. */
const MAX_RECEIVES = 10;
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

/** @returns a queue with a dead-letter queue, and what a scenario does with it */
export async function createQueue(endpoint, name) {
  const sqs = new SQSClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  own(() => Promise.resolve(sqs.destroy()));
  const { QueueUrl: deadUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}-dead`,
    maxReceiveCount: MAX_RECEIVES,
  });
  const { QueueUrl: url } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy } }),
  );
  return {
    url,
    /** Ids of all that were sent, by body. */
    sent: new Map(),
    async send(bodies) {
      for (let from = 0; from < bodies.length; from += MAX_BATCH) {
        const batch = bodies.slice(from, from + MAX_BATCH);
        const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        const { Successful } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        for (const { Id, MessageId } of Successful) this.sent.set(MessageId, batch[Number(Id)]);
      }
    },
    async counts() {
      const [main, dead] = [await attributesOf(sqs, url), await attributesOf(sqs, deadUrl)];
      return { ...main, dead: dead.visible + dead.inFlight };
    },
  };
}

async function attributesOf(sqs, QueueUrl) {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes } = await sqs.send(command);
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
