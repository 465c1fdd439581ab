import { describe, expect, it } from '@jest/globals';
import { ANEW_AFTER_FAILURE, sentAnewText } from '../../../src/contract/log-lines';
import { followJob } from '../../../src/features/logs/lines';
import type { WorkerLog } from '../../../src/features/logs/source';

const watcher = (id: string, text: string) => `[now] [watcher] [${id}] ${text}`;
const ended = (id: string, result: string, receives: number) =>
  watcher(id, `[${result}] after 1 ms, 2 ms since sent, receive ${receives} (a reason)`);
const anew = (id: string, copy: string, why = 'since this receive is not to count') =>
  watcher(id, sentAnewText(copy, why));

/** A log with these lines, which ends behind them. */
const logOf = (lines: readonly string[]): WorkerLog => {
  async function* all() {
    for (const [index, line] of lines.entries()) {
      yield await Promise.resolve({ id: String(index), timeMs: index, task: 'local', line });
    }
  }
  return { read: all, follow: all };
};

async function follow(...lines: readonly string[]) {
  const retries: string[] = [];
  const settlement = await followJob(
    logOf(lines),
    {
      messageId: 'first',
      sinceMs: 0,
      maxReceives: 3,
      onRetry: ({ result }) => void retries.push(result),
    },
    new AbortController().signal,
  );
  return { fate: settlement?.fate, retries };
}

describe('a message that is sent anew', () => {
  const ends = [ended('first', 'noop', 1), anew('first', 'copy'), ended('copy', 'success', 1)];

  it('is followed as its copy', async () => {
    expect(await follow(...ends)).toEqual({ fate: 'done', retries: ['noop'] });
  });

  it('is followed also where the copy was done before the watcher has written that it has sent it', async () => {
    const [received, sent, done] = ends;
    expect(await follow(received!, done!, sent!)).toEqual({ fate: 'done', retries: ['noop'] });
  });

  it('is followed through copies of copies whose lines come in the wrong order', async () => {
    expect(
      await follow(
        ended('third', 'rejected', 1),
        ended('other', 'success', 1),
        anew('second', 'third'),
        ended('second', 'noop', 1),
        ended('first', 'noop', 3),
        anew('first', 'second'),
      ),
    ).toEqual({ fate: 'rejected', retries: ['noop', 'noop'] });
  });

  it('may fail in its last receive if it has waited: then another copy is sent, which is tried as often as any', async () => {
    const lines = [
      anew('first', 'copy'),
      ended('copy', 'noop', 2),
      ended('copy', 'failure', 3),
      anew('copy', 'last', ANEW_AFTER_FAILURE),
      ended('last', 'failure', 1),
      ended('last', 'failure', 2),
    ];
    const retries = ['noop', 'failure', 'failure', 'failure'];
    expect(await follow(...lines)).toEqual({ fate: undefined, retries });
    expect(await follow(...lines, ended('last', 'failure', 3))).toEqual({ fate: 'dead-lettered', retries });
    expect(await follow(...lines, ended('last', 'success', 3))).toEqual({ fate: 'done', retries });
  });
});

it('a message that fails in its last receive is a dead letter', async () => {
  expect(await follow(ended('first', 'failure', 1), ended('first', 'failure', 3))).toEqual({
    fate: 'dead-lettered',
    retries: ['failure'],
  });
});
