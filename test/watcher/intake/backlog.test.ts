import { describe, expect, it } from '@jest/globals';
import { Backlog } from '../../../src/watcher/intake/backlog';
import { MIB } from '../../../src/shared/sizes';

const MOST = 40;

function start(most = MOST) {
  const backlog = new Backlog();
  return {
    backlog,
    reach: () => backlog.ahead(most),
    answer: (
      asked: number,
      got: number,
      more: { tookMs?: number; size?: number; isExtra?: boolean } = {},
    ) => {
      const { tookMs = 15, size = got * 100, isExtra = false } = more;
      backlog.answered({ asked, got, size, tookMs, isExtra }, most);
      return backlog.ahead(most);
    },
  };
}

describe('what is asked for beyond the free slots', () => {
  it('doubles with each poll that brings all, up to what may be held', () => {
    const { answer, reach } = start();
    expect(reach()).toBe(0);
    expect([1, 1, 2, 4, 8, 10, 10, 10].map((asked) => answer(asked, asked))).toEqual([
      1, 2, 4, 8, 16, 32, 40, 40,
    ]);
  });

  it('grows as well if SQS gives at least half of what a call can bring', () => {
    const { answer } = start();
    expect([5, 9, 6].map((got) => answer(10, got))).toEqual([1, 2, 4]);
  });

  it.each([
    { asked: 10, got: 4, after: 8 },
    { asked: 3, got: 1, after: 8 },
    // Few more than slots were asked for: it proves neither.
    { asked: 3, got: 2, after: 16 },
    { asked: 10, got: 0, after: 0 },
  ])('is $after after 16 and $got of $asked', ({ asked, got, after }) => {
    const { answer } = start();
    [1, 2, 4, 8, 10].forEach((count) => answer(count, count));
    expect(answer(asked, got)).toBe(after);
  });

  it('stays up under a backlog from which SQS gives anything between three and ten', () => {
    const { answer } = start();
    const gets = [3, 8, 5, 10, 7, 4, 9, 6];
    const reaches = Array.from({ length: 80 }, (_, poll) => answer(10, gets[poll % gets.length]!));
    expect(Math.min(...reaches.slice(16))).toBeGreaterThanOrEqual(10);
  });

  it('is tried more and more rarely while polls for it bring nothing, and less rarely after one that does', () => {
    const { answer } = start();
    const fullPollsUntilReach = () => {
      for (let polls = 1; ; polls += 1) if (answer(1, 1) > 0) return polls;
    };
    const tries = Array.from({ length: 9 }, () => {
      const polls = fullPollsUntilReach();
      answer(1, 0, { isExtra: true });
      return polls;
    });
    expect(tries).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
    fullPollsUntilReach();
    for (const rarely of [32, 16, 8, 4, 2, 1, 1]) {
      answer(1, 1, { isExtra: true });
      // A quiet queue is no poll in vain.
      answer(1, 0);
      expect(fullPollsUntilReach()).toBe(rarely);
    }
  });

  it('halves after a poll that had to wait for its messages, which proves that there was no backlog', () => {
    const { answer, reach } = start();
    [1, 2, 4, 8, 10].forEach((count) => answer(count, count));
    expect([answer(1, 1, { tookMs: 111 }), answer(1, 1, { tookMs: 500 })]).toEqual([8, 4]);
    answer(10, 0);
    for (let poll = 0; poll < 20; poll += 1) answer(1, 1, { tookMs: 800 });
    expect(reach()).toBe(0);
  });

  it('counts polls that end together with nothing as one try', () => {
    const { answer } = start();
    answer(1, 1);
    [1, 2, 3].forEach(() => answer(10, 0, { isExtra: true }));
    expect([answer(1, 1), answer(1, 1)]).toEqual([0, 1]);
  });

  it('is none after a message that should not wait, until sixteen polls were full', () => {
    const { answer, backlog } = start();
    [1, 2, 4, 8, 10].forEach((count) => answer(count, count));
    backlog.askForNoMore();
    const reaches = Array.from({ length: 16 }, () => answer(1, 1));
    expect(reaches).toEqual([...Array.from({ length: 15 }, () => 0), 1]);
  });

  it('is as many as 8 MiB of their bodies', () => {
    const { answer } = start(1_000);
    for (let poll = 0; poll < 60; poll += 1) answer(10, 10, { size: 10 * MIB });
    expect(answer(10, 10, { size: 10 * MIB })).toBe(9);
  });
});

describe('the time that SQS takes', () => {
  it('is taken from full polls; one that waited counts little', () => {
    const { answer, backlog } = start();
    answer(10, 10, { tookMs: 15 });
    expect(backlog.roundTripMs).toBe(15);
    answer(10, 10, { tookMs: 20_000 });
    expect(backlog.roundTripMs).toBeLessThan(45);
    answer(10, 3, { tookMs: 1_000 });
    answer(10, 10, { tookMs: 14 });
    expect(backlog.roundTripMs).toBe(14);
  });
});
