import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, seedFor } from '../chaos/random.mjs';
import { ask, PROGRESS, startDynamoDb } from './dynamodb.mjs';
import { judge } from './judge.mjs';
import { openLedger } from './ledger.mjs';
import { createQueue } from './queue.mjs';
import { createWorkers } from './workers.mjs';

const SPLIT = 'split';
const JOB = 'job';

/** Number of parts that are received again after the job is over, as if their deletion had failed. */
const LATE_PARTS = 10;

/** Share of the parts that are sent again if the split message is received again. */
const AGAIN_SHARE = 0.05;

/** Plays one job, from its split message to messages that come after it is over. */
export async function playJob({ name, seed, total, leaseSeconds, folder: parent, ...scenario }) {
  const folder = path.join(parent, name);
  mkdirSync(folder);
  const begin = performance.now();
  const random = createRandom(seedFor(name, seed));
  const dynamoDb = await startDynamoDb();
  const ledger = openLedger(path.join(folder, 'ledger'));
  const accidents = planAccidents(path.join(folder, 'accident'), scenario.accidents);
  const environment = {
    ...{ ...dynamoDb.environment, PATH: process.env.PATH, NODE: process.execPath, PROGRESS },
    ...{ LEDGER: ledger.file, ACCIDENT: accidents.file, LEASE: String(leaseSeconds) },
    ...{ JOB, TOTAL: String(total), TOTAL_OPTIONS: scenario.totalOptions },
  };
  const workers = createWorkers({ random, ledger, environment, killShare: scenario.killShare });
  const queue = createQueue({ random, twiceShare: scenario.twiceShare, longestHiddenMs: 500 });
  const job = { total, random, queue, workers, accidents, failures: [], isSplit: false };
  const workOff = () => Promise.all(Array.from({ length: scenario.workers }, () => work(job)));
  queue.send(SPLIT);
  await workOff();
  for (let late = 0; late < LATE_PARTS; late += 1) queue.send(random.whole(1, total));
  await workOff();
  const { progress, reduceSent } = await ask(dynamoDb.environment, 'status', JOB);
  await ledger.end();
  await dynamoDb.end();
  const { problems, ...row } = judge(ledger.read(), { total, leaseMs: leaseSeconds * 1000 });
  if (progress !== 1 || reduceSent !== true) problems.push(`status: ${progress} done, sent: ${reduceSent}`);
  if (accidents.left() > 0) problems.push(`${accidents.left()} accidents did not happen`);
  problems.push(...job.failures);
  return { name, ...row, seconds: (performance.now() - begin) / 1000, problems };
}

/** Runs one worker after the other until the queue is empty. */
async function work(job) {
  const { queue, workers, accidents, failures } = job;
  for (let message = await queue.receive(); message !== undefined; message = await queue.receive()) {
    const { isDone, isKilled, isAccident, errorOutput } = await workers.run(message);
    if (isAccident) accidents.next();
    if (!isDone && !isKilled) failures.push(`a worker of ${message} failed: ${await errorOutput}`);
    if (isDone && message === SPLIT) sendParts(job);
    if (isDone) queue.delete();
    else queue.giveBack(message);
  }
}

/** Sends the parts. The split message is received once more among them, and then sends some parts again. */
function sendParts(job) {
  const { total, random, queue } = job;
  const isAgain = job.isSplit;
  job.isSplit = true;
  if (!isAgain) queue.send(SPLIT);
  for (let part = 1; part <= total; part += 1) if (!isAgain || random.next() < AGAIN_SHARE) queue.send(part);
}

/** Plans the accidents of workers that get the answer `true`, one for each. Later workers have none. */
function planAccidents(file, planned) {
  const left = [...planned, 'none'];
  const next = () => {
    left.shift();
    writeFileSync(file, `${left[0] ?? 'none'}\n`);
  };
  writeFileSync(file, `${left[0]}\n`);
  return { file, next, left: () => left.filter((each) => each !== 'none').length };
}
