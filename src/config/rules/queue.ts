import type { WorkerRule } from './rule';

/** On a standard queue a message that keeps failing would be tried until it expires, at the cost of every other one. */
export const deadLetterOnlyOffForFifo: WorkerRule = {
  reads: ['queue'],
  check: ({ worker: { queue }, at }) =>
    queue.deadLetter || queue.fifo
      ? []
      : [
          {
            code: 'WATCHBOT_CONTRADICTION',
            place: at('queue', 'deadLetter'),
            given: 'false with `fifo: false`',
            allowed: '`deadLetter: false` only with `fifo: true`',
            advice: 'remove `deadLetter`, or raise `maxReceives`',
          },
        ],
};

/** A fresh container for each job cannot be shared by two jobs. */
export const oneJobInAFreshContainer: WorkerRule = {
  reads: ['writableFilesystem', 'concurrency'],
  check: ({ worker: { writableFilesystem, concurrency }, at }) =>
    writableFilesystem && concurrency > 1
      ? [
          {
            code: 'WATCHBOT_CONTRADICTION',
            place: at('concurrency'),
            given: `concurrency ${concurrency} with \`writableFilesystem: true\``,
            allowed: 'concurrency 1 with `writableFilesystem`: every job gets a fresh container',
            advice: 'remove one of the two; more tasks come with `scaling.max`',
          },
        ]
      : [],
};
