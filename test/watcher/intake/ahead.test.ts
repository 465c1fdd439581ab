import { describe, expect, it } from '@jest/globals';
import { Ahead } from '../../../src/watcher/intake/ahead';
import { testJob } from '../../helpers/jobs';

const jobs = (ids: string, more: { receives?: number; receivedAtMs?: number } = {}) =>
  Array.from(ids, (messageId) => testJob({ messageId, ...more }));
const taken = (ahead: Ahead, most: number) =>
  ahead
    .take(most)
    .map(({ messageId }) => messageId)
    .join('');

describe('messages held ahead', () => {
  it('are taken in the order in which they came', () => {
    const ahead = new Ahead();
    ahead.put(jobs('abc'), false);
    ahead.put(jobs('de'), false);
    expect([taken(ahead, 1), taken(ahead, 3), ahead.size, taken(ahead, 9), ahead.size]).toEqual([
      'a',
      'bcd',
      1,
      'e',
      0,
    ]);
  });

  it('that were received before are taken first', () => {
    const ahead = new Ahead();
    ahead.put(jobs('ab'), false);
    ahead.put(jobs('x', { receives: 2 }), false);
    ahead.put(jobs('c'), false);
    ahead.put(jobs('y', { receives: 3 }), false);
    expect(taken(ahead, 9)).toBe('xyabc');
  });

  it('of one answer of a FIFO queue stay together, since they may be of one group', () => {
    const ahead = new Ahead();
    ahead.put(jobs('abc'), true);
    ahead.put(jobs('de'), true);
    ahead.put(jobs('f'), true);
    expect([taken(ahead, 4), taken(ahead, 4), taken(ahead, 4)]).toEqual(['abc', 'def', '']);
  });

  it('know since when the first one waits', () => {
    const ahead = new Ahead();
    expect(ahead.sinceMs).toBeUndefined();
    ahead.put(jobs('a', { receivedAtMs: 5 }), false);
    ahead.put(jobs('b', { receivedAtMs: 7, receives: 2 }), false);
    expect(ahead.sinceMs).toBe(5);
    ahead.take(1);
    expect(ahead.sinceMs).toBe(5);
    ahead.takeAll();
    expect([ahead.sinceMs, ahead.size]).toEqual([undefined, 0]);
  });
});
