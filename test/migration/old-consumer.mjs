// Consumes messages as Watchbot 4 to 10 did: one at a time, deleted when its work is done. On a message from the parent
// it hangs in its next work, so that it can be killed there.
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { appendFileSync } from 'node:fs';
import { setTimeout as work } from 'node:timers/promises';

const [endpoint, QueueUrl, ledger] = process.argv.slice(2);
let isStuck = false;
process.on('message', () => {
  isStuck = true;
});
const sqs = new SQSClient({ endpoint, region: 'us-east-1', useQueueUrlAsEndpoint: false });

for (;;) {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  for (const { Body, ReceiptHandle } of Messages) {
    const body = Body.startsWith('{') ? JSON.parse(Body).Message : Body;
    if (isStuck) {
      process.send({ has: body });
      await new Promise(() => undefined);
    }
    await work(10);
    appendFileSync(ledger, `old ${body}\n`);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
}
