// Runs sqs-consumer with an empty handler. On a message from the parent it drains the queue, and reports when it has.
import { SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';

const [queueUrl, endpoint, batchSize] = process.argv.slice(2);

process.on('message', async ({ messages }) => {
  let left = messages;
  const consumer = Consumer.create({
    queueUrl,
    sqs: new SQSClient({ endpoint, useQueueUrlAsEndpoint: false }),
    batchSize: Number(batchSize),
    // A batch is one call of the handler, as with this plugin.
    ...(Number(batchSize) > 1
      ? { handleMessageBatch: async (batch) => batch }
      : { handleMessage: async (message) => message }),
  });
  const count = (done) => {
    left -= done;
    if (left > 0) return;
    consumer.stop({ abort: true });
    process.send('drained');
  };
  consumer.on('message_processed', () => count(1));
  consumer.on('error', (error) => console.error(error));
  consumer.start();
});
process.send('ready');
