import { describe, expect, it } from '@jest/globals';
import { createPoll } from '../../../src/watcher/queue/poll';
import type { Queue } from '../../../src/watcher/queue/queue';
import { AwsError } from '../../../src/aws-json/client';
import { adviceOf, tellRefusals } from '../../../src/watcher/queue/outage';
import { createFakeClock } from '../../helpers/fake-clock';
import { createTestLog } from '../../helpers/test-log';

const refusal = (code: string, message = 'so it is') =>
  new AwsError(400, JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }));

const AWAY = new AwsError(503, '<html>');
const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

/** Polls once for each of these, `undefined` being an answer, and gives what is told of it. */
async function told(outcomes: readonly (Error | undefined)[]): Promise<string[]> {
  const clock = createFakeClock();
  const log = createTestLog();
  const left = [...outcomes];
  const { signal } = new AbortController();
  const poll = createPoll({
    queue: {
      receive: () => {
        const error = left.shift();
        return error === undefined ? Promise.resolve([]) : Promise.reject(error);
      },
    },
    liveness: { begin: () => () => undefined },
    log,
    clock,
    random: () => 0,
    stopping: signal,
    abort: signal,
  });
  while (left.length > 0) {
    const polled = poll(1);
    await clock.advance(30_000);
    await polled;
  }
  return log.lines;
}

describe('an outage', () => {
  it('whose cause changes has a line for each cause, and one for its end', async () => {
    const denied = refusal('AccessDenied', 'not authorized');
    const lines = await told([AWAY, AWAY, AWAY, denied, denied, AWAY, denied, undefined, undefined]);
    expect(lines).toEqual([
      'error cannot receive: AwsError: HTTP status 503; trying on',
      expect.stringMatching(
        /^error cannot receive: AccessDenied: not authorized; trying on; give the task's role/,
      ),
      'info SQS answers again',
    ]);
  });

  it('of what no retry cures is told at once', async () => {
    expect(await told([refusal('QueueDoesNotExist')])).toEqual([
      'error cannot receive: QueueDoesNotExist: so it is; trying on; deploy the service anew: its queue is gone',
    ]);
  });

  it('that is the next one is told anew', async () => {
    const denied = refusal('AccessDenied');
    expect(await told([denied, undefined, denied, undefined])).toHaveLength(4);
  });

  it('is one cause, whatever numbers and addresses are in its words', async () => {
    const refused = (port: number) => coded('ECONNREFUSED', `connect ECONNREFUSED 10.0.0.${port}:443`);
    const cut = (place: number) => new SyntaxError(`Unexpected token < in JSON at position ${place}`);
    const lines = await told([1, 2, 3, 4].flatMap((each) => [refused(each), cut(each)]));
    expect(lines).toHaveLength(2);
  });
});

describe('what no retry cures', () => {
  it.each([
    'AccessDenied',
    'AccessDeniedException',
    'KmsAccessDenied',
    'KMS.AccessDeniedException',
    'KmsDisabled',
    'KmsNotFound',
    'KmsInvalidState',
    'KmsOptInRequired',
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'SignatureDoesNotMatch',
    'ExpiredToken',
    'OptInRequired',
  ])('is %s', (code) => {
    expect(adviceOf(refusal(code))).toMatch(/^\w/);
  });

  it.each([
    'KmsThrottled',
    'KMS.ThrottlingException',
    'RequestThrottled',
    'InternalError',
    'OverLimit',
    'ServiceUnavailable',
  ])('is not %s', (code) => {
    expect(adviceOf(refusal(code))).toBeUndefined();
  });

  it('is nothing that is no answer of SQS', () => {
    expect([AWAY, new Error('AccessDenied'), 'AccessDenied'].map(adviceOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a settlement', () => {
  const queueThat = (answer: () => Promise<never[]>): Omit<Queue, 'receive'> => ({
    deleteBatch: answer,
    changeVisibilityBatch: answer,
    sendCopy: () => answer().then(() => 'id'),
  });

  it('that is refused for good is told at once, once, and when it is over', async () => {
    const log = createTestLog();
    let error: Error | undefined = refusal('AccessDenied', 'no right');
    const queue = tellRefusals(
      queueThat(() => (error === undefined ? Promise.resolve([]) : Promise.reject(error))),
      log,
    );
    for (let call = 0; call < 5; call += 1) await expect(queue.deleteBatch(['h'])).rejects.toBe(error);
    await expect(queue.changeVisibilityBatch([])).rejects.toBe(error);
    error = undefined;
    for (let call = 0; call < 5; call += 1) await expect(queue.deleteBatch(['h'])).resolves.toEqual([]);
    expect(log.lines).toEqual([
      expect.stringMatching(
        /^error cannot delete messages, and they come again: AccessDenied: no right; trying on; give/,
      ),
      expect.stringMatching(
        /^error cannot return messages, and they come again: AccessDenied: no right; trying on; give/,
      ),
      'info SQS lets messages be settled again: can delete messages',
    ]);
  });

  it('that may pass by itself is not told here', async () => {
    const log = createTestLog();
    const queue = tellRefusals(
      queueThat(() => Promise.reject(AWAY)),
      log,
    );
    for (let call = 0; call < 5; call += 1) await expect(queue.deleteBatch(['h'])).rejects.toBe(AWAY);
    expect(log.lines).toEqual([]);
  });
});
