// Runs once for each message. What it says of the job goes through `watchbot-progress`, as from any other language.
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const NOT_YET = 4;
const WRONG = 3;
const LINES_OF_A_PART = 10;

const { step, job, part } = JSON.parse(process.env.Message);
const folder = `${process.env.COUNTS}/${job}`;
const lines = readFileSync('text.txt', 'utf8').trim().split('\n');
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

const progress = (command, ...options) =>
  execFileSync('watchbot-progress', [command, job, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();

const send = (message) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.QueueUrl,
      MessageBody: JSON.stringify({ job, ...message }),
    }),
  );

/** The total is set before any part is sent. Where this message is received again, what is done stays done. */
async function split() {
  const total = Math.ceil(lines.length / LINES_OF_A_PART);
  progress('set-total', '--total', String(total));
  for (let number = 1; number <= total; number += 1) await send({ step: 'count', part: number });
}

/** The result of a part is in its place before the part is said to be done. */
async function count() {
  const begin = (part - 1) * LINES_OF_A_PART;
  write(String(part), countWords(lines.slice(begin, begin + LINES_OF_A_PART)));
  if (progress('complete-part', '--part', String(part)) !== 'true') return;
  await send({ step: 'join' });
  progress('reduce-sent');
}

/** Every part is done. This message may be received twice, too: the same result takes the same place. */
function join() {
  const all = {};
  for (const name of readdirSync(folder).filter((each) => /^\d+$/.test(each))) {
    for (const [word, times] of Object.entries(read(name))) all[word] = (all[word] ?? 0) + times;
  }
  write('joined', all);
}

/** Is it right? Until there is something to look at, the message goes back to the queue. */
function check() {
  if (!existsSync(`${folder}/joined`)) process.exit(NOT_YET);
  const [found, expected] = [read('joined'), countWords(lines)].map((counts) =>
    JSON.stringify(Object.entries(counts).sort()),
  );
  console.log(
    `${progress('status')}: ${found === expected ? 'every word is counted' : 'the counts are wrong'}`,
  );
  if (found !== expected) process.exit(WRONG);
}

function countWords(some) {
  const counts = {};
  for (const word of some
    .join(' ')
    .toLowerCase()
    .match(/[a-z]+/g) ?? [])
    counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const read = (name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));

function write(name, counts) {
  mkdirSync(folder, { recursive: true });
  const unfinished = `${folder}/.${name}-${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(counts));
  renameSync(unfinished, `${folder}/${name}`);
}

await { split, count, join, check }[step]();
