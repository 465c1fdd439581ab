// A handler that does nothing but note when it has begun, in the way of `job.c`. The notes are written a little later, many
// at once, so that they cost nearly nothing.
import { appendFileSync } from 'node:fs';

const WRITE_MS = 20;

let lines = '';

export const handler = async ({ Records }) => {
  const nowMs = Number(process.hrtime.bigint()) / 1e6;
  if (lines === '') setTimeout(write, WRITE_MS);
  for (const { messageId } of Records) lines += `${messageId} ${nowMs}\n`;
};

function write() {
  appendFileSync(process.env.BENCH_STAMPS, lines);
  lines = '';
}
