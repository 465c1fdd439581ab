import { describe, expect, it } from '@jest/globals';
import { callHandler, createContext, type Handler } from '../../src/runtime/call-handler';

const start = (handler: Handler) => {
  const call = callHandler(
    handler,
    {},
    createContext({}, {}, () => 0),
  );
  // Whoever calls waits for it from the start.
  call.answer.catch(() => undefined);
  return call;
};

/** What is known when all that could be said without waiting has been said. */
async function stateOf(answer: Promise<unknown>): Promise<unknown> {
  let state: unknown = 'open';
  answer.then(
    (result) => (state = result),
    (error: unknown) => (state = { error }),
  );
  await new Promise(setImmediate);
  return state;
}

describe('a handler that returns no promise', () => {
  it('and says nothing is done when the event loop is empty', async () => {
    const { answer, comeToRest, isWaiting } = start(() => 'whatever');
    expect(await stateOf(answer)).toBe('open');
    expect(isWaiting).toBe(true);
    comeToRest();
    expect(await answer).toBeUndefined();
  });

  it('but failures of single messages has reported them', async () => {
    const report = { batchItemFailures: [{ itemIdentifier: 'a' }] };
    const { answer, comeToRest } = start(() => report);
    comeToRest();
    expect(await answer).toBe(report);
  });

  it('and gives its result to the callback is done when the event loop is empty', async () => {
    const { answer, comeToRest } = start((_event, _context, callback) => {
      callback(null, 'result');
    });
    expect(await stateOf(answer)).toBe('open');
    comeToRest();
    expect(await answer).toBe('result');
  });

  it('and does not wait for the event loop is done with its callback', async () => {
    const { answer, isWaiting } = start((_event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = false;
      callback(null, 'result');
    });
    expect(await answer).toBe('result');
    expect(isWaiting).toBe(false);
  });

  it('and gives an error to its callback has failed at once', async () => {
    const { answer } = start((_event, _context, callback) => {
      callback('a text');
    });
    await expect(answer).rejects.toBe('a text');
  });
});

describe('the functions of the context end it at once', () => {
  it.each<[string, Handler, unknown]>([
    ['succeed', (_event, { succeed }) => void succeed('result'), 'result'],
    ['done', (_event, { done }) => void done(undefined, 'result'), 'result'],
    ['fail', (_event, { fail }) => void fail('reason'), { error: 'reason' }],
    ['fail without a reason', (_event, { fail }) => void fail(), { error: 'handled' }],
    ['done with a reason', (_event, { done }) => void done('reason', 'result'), { error: 'reason' }],
  ])('%s', async (_name, handler, state) => {
    const { answer, isWaiting } = start(handler);
    expect(await stateOf(answer)).toEqual(state);
    expect(isWaiting).toBe(false);
  });
});

describe('the first word counts', () => {
  it.each<[string, Handler, unknown]>([
    [
      'a callback, then an error that is thrown',
      (_event, _context, callback) => {
        callback(null, 'first');
        throw new Error('second');
      },
      'first',
    ],
    [
      'a callback, then a promise',
      (_event, _context, callback) => {
        callback(null, 'first');
        return Promise.reject(new Error('second'));
      },
      'first',
    ],
    [
      'a failure, then a success',
      (_event, { fail, succeed }) => {
        fail('first');
        succeed('second');
      },
      { error: 'first' },
    ],
  ])('%s', async (_name, handler, state) => {
    const { answer, comeToRest } = start(handler);
    await new Promise(setImmediate);
    comeToRest();
    expect(await stateOf(answer)).toEqual(state);
  });

  it('also where a word of one call comes during another', async () => {
    const late: (() => void)[] = [];
    const handler: Handler = (_event, _context, callback) => {
      late.push(() => {
        callback(null, 'late');
      });
    };
    const first = start(handler);
    first.comeToRest();
    const second = start(handler);
    late[0]!();
    expect(await first.answer).toBeUndefined();
    expect(await stateOf(second.answer)).toBe('open');
  });
});

it('a promise that cannot be kept any more has failed', async () => {
  const { answer, comeToRest, isWaiting } = start(() => new Promise(() => undefined));
  expect(isWaiting).toBe(false);
  comeToRest();
  await expect(answer).rejects.toThrow('has not kept its promise');
});

it('what throws nothing has thrown', async () => {
  const { answer } = start(() => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- handlers do
    throw undefined;
  });
  await expect(answer).rejects.toBeUndefined();
});
