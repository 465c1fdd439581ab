import { describe, expect, it } from '@jest/globals';
import { MAX_HOLD_SECONDS } from '../../../src/watcher/queue/queue';
import { backoffSeconds, decide, decideRelease } from '../../../src/watcher/settle/decide';
import type { StopReason, WorkerEnd } from '../../../src/watcher/worker/run-worker';
import { fc } from '../../helpers/seeded';

const exited = (
  code: number | null,
  more: Partial<Extract<WorkerEnd, { kind: 'exited' }>> = {},
): WorkerEnd => ({
  kind: 'exited',
  code,
  signal: code === null ? 'SIGKILL' : null,
  stopped: undefined,
  ...more,
});

const NOW = { receives: 1, heldSeconds: 0 };
const DELETE = { action: 'delete' };
const RETRY = { action: 'return', afterSeconds: 2, isCounted: true };
const NOOP = { ...RETRY, isCounted: false };
const AT_ONCE = { action: 'return', afterSeconds: 0, isCounted: false };
const SHUTDOWN = { stopped: 'shutdown' } as const;
const DURATION = { stopped: 'duration' } as const;
const WINDOW = { stopped: 'window' } as const;

describe('the fate of a message', () => {
  it.each([
    { end: exited(0), result: 'success', reason: 'exit code 0', settlement: DELETE },
    { end: exited(3), result: 'rejected', reason: 'exit code 3: rejected', settlement: DELETE },
    { end: exited(4), result: 'noop', reason: 'exit code 4: no-op', settlement: NOOP },
    { end: exited(1), result: 'failure', reason: 'exit code 1', settlement: RETRY },
    { end: exited(2), result: 'failure', reason: 'exit code 2', settlement: RETRY },
    { end: exited(255), result: 'failure', reason: 'exit code 255', settlement: RETRY },
    {
      end: exited(126),
      result: 'failure',
      reason: 'exit code 126: the command is not a program',
      settlement: RETRY,
    },
    {
      end: exited(127),
      result: 'failure',
      reason: 'exit code 127: the command was not found',
      settlement: RETRY,
    },
    { end: exited(null), result: 'failure', reason: 'signal SIGKILL', settlement: RETRY },
    {
      end: { kind: 'not-started', reason: 'cannot run x' } as const,
      result: 'failure',
      reason: 'cannot run x',
      settlement: RETRY,
    },
    {
      end: { kind: 'lost', reason: 'the launcher ended' } as const,
      result: 'failure',
      reason: 'the launcher ended',
      settlement: RETRY,
    },
    // Told to end, many end with 0, whether they have finished or not.
    ...[0, 1, 3, 4, 143, null].map((code) => ({
      end: exited(code, SHUTDOWN),
      result: 'released',
      reason: 'the task was stopped; the message goes back at once',
      settlement: AT_ONCE,
    })),
    ...[0, 1, 3, 4, 143, null].map((code) => ({
      end: exited(code, DURATION),
      result: 'failure',
      reason: 'stopped: longer than maxJobDuration',
      settlement: RETRY,
    })),
    ...[0, 1, 3, 4, 143, null].map((code) => ({
      end: exited(code, WINDOW),
      result: 'failure',
      reason: 'stopped: SQS holds a message for 12 hours at most',
      settlement: RETRY,
    })),
  ])('$end is $result: $settlement', ({ end, ...decision }) => {
    expect(decide(end, NOW)).toEqual(decision);
  });

  it('is to be had by another watcher at once, where no worker was started for it', () => {
    expect(decideRelease({ receives: 1 })).toEqual(AT_ONCE);
  });

  it('is to be had once the polls of tasks that end are over, where it may have come from one', () => {
    expect(decideRelease({ receives: 2 })).toEqual({ ...AT_ONCE, afterSeconds: 20 });
  });
});

describe('the backoff', () => {
  it.each([
    [1, 0, 2],
    [2, 0, 4],
    [3, 0, 8],
    [10, 0, 1024],
    [15, 0, 32_768],
    // SQS hides a message for 12 hours at most, what it has been held already included.
    [16, 0, 43_199],
    [16, 1000.5, 42_198],
    [2, 43_190, 4],
    [4, 43_190, 9],
    [4, 43_199, 0],
    [4, 50_000, 0],
    [5000, 0, 43_199],
    // A clock that was set back.
    [16, -3600, 43_199],
  ])('after receive %d, held for %d s, is %d s', (receives, heldSeconds, seconds) => {
    expect(backoffSeconds(receives, heldSeconds)).toBe(seconds);
  });
});

const anyEnd: fc.Arbitrary<WorkerEnd> = fc.oneof(
  fc.record({ kind: fc.constant('not-started' as const), reason: fc.string() }),
  fc.record({
    kind: fc.constant('exited' as const),
    code: fc.option(fc.integer({ min: 0, max: 255 })),
    signal: fc.option(fc.constantFrom<NodeJS.Signals>('SIGTERM', 'SIGKILL', 'SIGSEGV')),
    stopped: fc.option(fc.constantFrom<StopReason>('duration', 'window', 'shutdown'), { nil: undefined }),
  }),
);

describe('a settlement', () => {
  it('is always a deletion, or a return in a time that SQS takes', () => {
    const anyTime = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(anyEnd, fc.integer({ min: 1, max: 2000 }), anyTime, (end, receives, heldSeconds) => {
        const { settlement } = decide(end, { receives, heldSeconds });
        if (settlement.action === 'delete') return;
        expect(Number.isInteger(settlement.afterSeconds)).toBe(true);
        expect(settlement.afterSeconds).toBeGreaterThanOrEqual(0);
        expect(settlement.afterSeconds).toBeLessThanOrEqual(
          Math.max(0, Math.min(MAX_HOLD_SECONDS, MAX_HOLD_SECONDS - heldSeconds)),
        );
      }),
    );
  });
});
