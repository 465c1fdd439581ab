// The bench's end of `sqs-server.mjs`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ACCOUNT = '000000000000';

/** How often it is asked whether a consumer polls. */
const LOOK_MS = 20;

/** Starts an SQS in a process of its own. */
export async function startSqs() {
  const child = fork(path.join(import.meta.dirname, 'sqs-server.mjs'));
  const [{ endpoint }] = await once(child, 'message');
  const waiting = new Map();
  child.on('message', ({ number, result }) => {
    waiting.get(number)(result);
    waiting.delete(number);
  });
  child.on('exit', (code) => {
    if (waiting.size > 0) throw new Error(`the bench's SQS ended with ${code}`);
  });
  let orders = 0;
  const give = (order, queue, options) =>
    new Promise((resolve) => {
      const number = (orders += 1);
      waiting.set(number, resolve);
      child.send({ order, number, queue, options });
    });
  return {
    endpoint,
    pid: child.pid,
    queueUrl: (queue) => `${endpoint}/${ACCOUNT}/${queue}`,
    /**
     * Fills a queue, waits until `count` messages are deleted, drops the rest, and waits until the queue is empty.
     * @returns milliseconds from the first receive to the deletion that counts, how many were deleted in the end, calls by
     * kind, empty receives, when each message was handed out
     */
    drain: (queue, { count, backlog = count, groups = 1, body = '{}', latencyMs = 0 }) =>
      give('drain', queue, { count, backlog: Math.max(count, backlog), groups, body, latencyMs }),
    send: (queue, { body = '{}', latencyMs = 0 } = {}) => give('send', queue, { body, latencyMs }),
    counts: (queue) => give('counts', queue),
    polled: async (queue) => {
      while (((await give('counts', queue)).calls.ReceiveMessage ?? 0) === 0)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    },
    stop: () => child.disconnect(),
  };
}
