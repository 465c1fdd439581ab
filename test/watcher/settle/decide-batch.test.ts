import { describe, expect, it } from '@jest/globals';
import { decideBatch } from '../../../src/watcher/settle/decide';
import type { InvocationEnd } from '../../../src/watcher/worker/warm/runtime-api';

const MESSAGES = [
  { messageId: 'a', receives: 1, heldSeconds: 1 },
  { messageId: 'b', receives: 3, heldSeconds: 1 },
];
const answered = (body: string): InvocationEnd => ({ kind: 'response', body: Buffer.from(body) });
const items = (...itemIdentifiers: unknown[]) =>
  JSON.stringify({ batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) });
const exited = (stopped?: 'duration' | 'window' | 'shutdown' | 'memory' | 'replaced'): InvocationEnd => ({
  kind: 'ended',
  end: { kind: 'exited', code: 1, signal: null, stopped },
});

const results = (end: InvocationEnd) => decideBatch(end, MESSAGES).map(({ result }) => result);

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
describe('an answer', () => {
  it.each([
    '',
    'null',
    '{}',
    '"done"',
    '7',
    '[]',
    '{"statusCode":200}',
    '{"batchItemFailures":null}',
    '{"batchItemFailures":[]}',
  ])('that names no failure is success: %s', (body) => {
    expect(results(answered(body))).toEqual(['success', 'success']);
  });

  it.each([
    { body: items('a'), expected: ['failure', 'success'] },
    { body: items('b'), expected: ['success', 'failure'] },
    { body: items('b', 'a', 'b'), expected: ['failure', 'failure'] },
  ])('decides message by message: $body', ({ body, expected }) => {
    expect(results(answered(body))).toEqual(expected);
  });

  it.each([
    { body: '{', reason: 'its answer is no JSON' },
    { body: '{"batchItemFailures":"a"}', reason: 'batchItemFailures in its answer is no list' },
    { body: items(''), reason: 'batchItemFailures in its answer names no message of the batch' },
    { body: items(null), reason: 'batchItemFailures in its answer names no message of the batch' },
    { body: items('a', 'c'), reason: 'batchItemFailures in its answer names no message of the batch' },
    { body: items(7), reason: 'batchItemFailures in its answer names no message of the batch' },
    {
      body: '{"batchItemFailures":[{"id":"a"}]}',
      reason: 'batchItemFailures in its answer names no message of the batch',
    },
    {
      body: '{"batchItemFailures":[null,"a"]}',
      reason: 'batchItemFailures in its answer names no message of the batch',
    },
  ])('that is wrong fails the batch: $body', ({ body, reason }) => {
    const decisions = decideBatch(answered(body), MESSAGES);
    expect(decisions.map((each) => [each.result, each.reason])).toEqual([
      ['failure', reason],
      ['failure', reason],
    ]);
  });
});

describe('what failed', () => {
  it('comes again after Watchbot’s backoff, each by its own receives', () => {
    const decisions = decideBatch(answered('{'), MESSAGES);
    expect(decisions.map(({ settlement }) => settlement)).toEqual([
      { action: 'return', afterSeconds: 2, isCounted: true },
      { action: 'return', afterSeconds: 8, isCounted: true },
    ]);
  });

  const error = { errorType: 'TypeError', errorMessage: 'x is no function' };
  it.each<{ end: InvocationEnd; reason: string }>([
    { end: { kind: 'error', error }, reason: 'TypeError: x is no function' },
    { end: { kind: 'refused', reason: 'too much' }, reason: 'too much' },
    { end: exited(), reason: 'its worker ended before it answered: exit code 1' },
    { end: exited('duration'), reason: 'stopped: longer than maxJobDuration' },
    { end: exited('window'), reason: 'stopped: SQS holds a message for 12 hours at most' },
    { end: exited('memory'), reason: 'killed: more than workerMemory' },
    { end: exited('replaced'), reason: 'stopped: its worker was replaced' },
    { end: { kind: 'ended', end: { kind: 'lost', reason: 'nobody knows' } }, reason: 'nobody knows' },
  ])('says why: $reason', ({ end, reason }) => {
    expect(decideBatch(end, MESSAGES).map((each) => [each.result, each.reason])).toEqual([
      ['failure', reason],
      ['failure', reason],
    ]);
  });
});

it('what was only stopped with its task goes back at once, and is not counted', () => {
  expect(decideBatch(exited('shutdown'), MESSAGES)).toEqual(
    MESSAGES.map(() => ({
      result: 'released',
      reason: 'the task was stopped; the message goes back at once',
      settlement: { action: 'return', afterSeconds: 0, isCounted: false },
    })),
  );
});

describe('a worker that was told to end', () => {
  const told = (reason: 'shutdown' | 'duration' | 'window', end: InvocationEnd) =>
    decideBatch(end, MESSAGES, reason).map(({ result, settlement }) => [result, settlement]);
  const ends: InvocationEnd[] = [
    answered('null'),
    answered(items('a')),
    { kind: 'error', error: { errorType: 'Error', errorMessage: 'cut short' } },
    exited(),
  ];

  it.each(ends)('since the task stops: all go back, whatever it answers: %j', (end) => {
    const back = { action: 'return', afterSeconds: 0, isCounted: false };
    expect(told('shutdown', end)).toEqual([
      ['released', back],
      ['released', back],
    ]);
  });

  it.each(
    ends.flatMap((end) => [
      { reason: 'duration' as const, end },
      { reason: 'window' as const, end },
    ]),
  )('since its time was over: all have failed, whatever it answers: %j', ({ reason, end }) => {
    expect(told(reason, end)).toEqual([
      ['failure', { action: 'return', afterSeconds: 2, isCounted: true }],
      ['failure', { action: 'return', afterSeconds: 8, isCounted: true }],
    ]);
  });
});
