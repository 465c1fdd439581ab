// Runs sqs-consumer, with an empty handler, or with one that runs a shell command for each message.
// Usage: node sqs-consumer.mjs QUEUE_URL ENDPOINT BATCH_SIZE [COMMAND]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';

const [queueUrl, endpoint, batchSize, command] = process.argv.slice(2);

async function run(message) {
  const env = { ...process.env, MessageId: message.MessageId, Message: message.Body };
  if (command) await once(spawn('/bin/sh', ['-c', command], { env, stdio: 'ignore' }), 'close');
  return message;
}

const consumer = Consumer.create({
  queueUrl,
  sqs: new SQSClient({ endpoint, useQueueUrlAsEndpoint: false }),
  batchSize: Number(batchSize),
  suppressFifoWarning: true,
  // A batch is one call of the handler, as with this plugin.
  ...(Number(batchSize) > 1 ? { handleMessageBatch: async (batch) => batch } : { handleMessage: run }),
});
consumer.on('error', (error) => console.error(error));
consumer.start();
