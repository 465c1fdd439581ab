// Runs once for each message. What is known of a day, and of an account, is kept through `watchbot-progress`, which any
// other language calls just so.
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { accountsOf, book, dayBefore, partsOf } from './journal.mjs';

const REJECT = 3;
const NOT_YET = 4;

/** A step says itself what it is; an event of the bus has `detail`, one of the schedule the time at which it was due. */
const message = JSON.parse(process.env.Message);
const { step = 'split', scheduledTime, day = dayBefore(scheduledTime) } = message.detail ?? message;
const journalFile = `journal-${day}.csv`;
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

function progress(command, id, ...options) {
  const output = execFileSync('watchbot-progress', [command, id, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return output.trim();
}

const statusOf = (id) => JSON.parse(progress('status', id));
const keep = (id, metadata) => progress('set-metadata', id, '--metadata', JSON.stringify(metadata));
const journal = () => readFileSync(journalFile, 'utf8');
const idOf = (account) => `${day}/${account}`;

/** The same id again within five minutes is taken by SQS, and not delivered: a step that is repeated sends nothing twice. */
function send(group, id, body) {
  return sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env.QueueUrl,
      MessageGroupId: group,
      MessageDeduplicationId: `${day}-${id}`,
      MessageBody: JSON.stringify({ day, ...body }),
    }),
  );
}

/** The day is over: a message for each part, in the group of its account. */
async function split() {
  if (!existsSync(journalFile)) end(REJECT, `rejected: there is no journal of ${day}`);
  if (statusOf(day).reduceSent) return console.log(`${day} is closed already`);
  const parts = partsOf(journal());
  progress('set-total', day, '--total', String(parts.length));
  for (const { part, account, entries } of parts) {
    await send(account, `part-${part}`, { step: 'book', part, account, entries });
  }
  console.log(`${day} has ${parts.length} parts`);
}

/**
 * The group lets nobody else at the account meanwhile. Balance and part are written at once, so that a part which comes
 * again is not booked again.
 */
async function bookPart({ part, account, entries }) {
  const { metadata: before = { balance: 0, parts: [] } } = statusOf(idOf(account));
  if (!before.parts.includes(part)) {
    const balance = book(before.balance, entries);
    keep(idOf(account), { balance, parts: [...before.parts, part] });
    console.log(`${account}: ${before.balance} to ${balance}`);
  }
  if (progress('complete-part', day, '--part', String(part)) !== 'true') return;
  await send('days', 'close', { step: 'close' });
  progress('reduce-sent', day);
}

/** Every part is booked. Should this come a second time, it does the same again. */
function close() {
  const { times = 0 } = statusOf(day).metadata ?? {};
  const balances = Object.fromEntries(
    [...accountsOf(journal()).keys()].map((account) => [account, statusOf(idOf(account)).metadata.balance]),
  );
  keep(day, { balances, times: times + 1 });
  console.log(`${day} is closed: ${JSON.stringify(balances)}`);
}

/** For the demonstration alone: is it right? Until there is something to look at, the message goes back to the queue. */
function check() {
  const { metadata: closed } = statusOf(day);
  if (closed === undefined) end(NOT_YET, 'not closed yet');
  const wrong = [...accountsOf(journal())].filter(
    ([account, entries]) => closed.balances[account] !== book(0, entries),
  );
  if (wrong.length > 0 || closed.times !== 1) end(REJECT, `wrong: ${JSON.stringify({ closed, wrong })}`);
  console.log('closed once, and every balance is right');
}

function end(exitCode, line) {
  console.error(line);
  process.exit(exitCode);
}

await { split, book: bookPart, close, check }[step](message);
