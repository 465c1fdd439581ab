import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { HELD_SECONDS, HeldLetters } from '../../../src/features/dead-letters/held';
import { readLetter, type Letter } from '../../../src/features/dead-letters/letter';
import type { DeadLetterQueue } from '../../../src/features/dead-letters/queue';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock';

interface Change {
  atSeconds: number;
  seconds: number;
  receipts: string[];
}

let changes: Change[];
let fails: boolean;
/** A hold is not answered before. */
let slow: Promise<void> | undefined;
let held: HeldLetters;
let clock: FakeClock;

beforeEach(() => {
  clock = createFakeClock(0);
  changes = [];
  fails = false;
  slow = undefined;
  const send = ({
    input,
  }: {
    input: { Entries: { ReceiptHandle: string; VisibilityTimeout: number }[] };
  }) => {
    const seconds = input.Entries[0]?.VisibilityTimeout ?? 0;
    const receipts = input.Entries.map(({ ReceiptHandle }) => ReceiptHandle);
    changes.push({ atSeconds: clock.now() / 1000, seconds, receipts });
    if (slow !== undefined && seconds > 0) return slow.then(() => ({}));
    return fails ? Promise.reject(new Error('no network')) : Promise.resolve({});
  };
  const queue: DeadLetterQueue = {
    sqs: { send } as unknown as SQSClient,
    url: 'http://queue/dead',
    arn: 'arn',
    name: 'dead',
    isFifo: false,
    retentionSeconds: undefined,
    work: { url: 'http://queue/work', arn: 'arn', name: 'work' },
    explain: (_call, run) => run(),
    clock,
  };
  held = new HeldLetters(queue);
});
afterEach(async () => {
  await held.end();
});

const letter = (id: string, receipt = `receipt of ${id}`): Letter =>
  readLetter({ MessageId: id, ReceiptHandle: receipt, Body: 'x' });

it('holds a message for as long as somebody thinks', async () => {
  held.add([letter('a')]);
  await clock.advance(120_000);
  const gaps = changes.map(({ atSeconds }, index) => atSeconds - (changes[index - 1]?.atSeconds ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(HELD_SECONDS);
  expect(changes.every(({ seconds }) => seconds === HELD_SECONDS)).toBe(true);
  expect(held.has(letter('a'))).toBe(true);
});

it('knows when it holds a message no longer', async () => {
  held.add([letter('a')]);
  fails = true;
  await clock.advance((HELD_SECONDS + 1) * 1000);
  expect(held.has(letter('a'))).toBe(false);
});

it('gives back in tens, by the receipt that came last, and holds nothing on then', async () => {
  held.add(Array.from({ length: 12 }, (_, index) => letter(String(index))));
  expect(held.add([letter('3', 'newer')])).toEqual([]);
  held.forget([letter('5')]);
  expect(await held.end()).toBe(0);
  expect(changes.map(({ receipts }) => receipts.length)).toEqual([10, 1]);
  expect(changes.every(({ seconds }) => seconds === 0)).toBe(true);
  expect(changes.flatMap(({ receipts }) => receipts)).toContain('newer');
  expect(changes.flatMap(({ receipts }) => receipts)).not.toContain('receipt of 5');
  await clock.advance(120_000);
  expect(changes).toHaveLength(2);
});

it('counts what it could not give back', async () => {
  held.add([letter('a'), letter('b')]);
  fails = true;
  expect(await held.end()).toBe(2);
});

it('releases after a hold that is under way, which SQS might else carry out last', async () => {
  let answer = () => {};
  slow = new Promise((resolve) => {
    answer = resolve;
  });
  held.add([letter('a'), letter('b')]);
  await clock.advance(20_000);
  expect(changes.map(({ seconds }) => seconds)).toEqual([HELD_SECONDS]);
  const released = held.release([letter('a')]);
  await clock.advance(0);
  expect(changes).toHaveLength(1);
  answer();
  expect(await released).toBe(0);
  expect(changes.map(({ seconds }) => seconds)).toEqual([HELD_SECONDS, 0]);
  // The other one is still held.
  expect(held.has(letter('a'))).toBe(false);
  slow = undefined;
  await clock.advance(20_000);
  expect(changes.at(-1)).toMatchObject({ seconds: HELD_SECONDS, receipts: ['receipt of b'] });
});
