import { describe, expect, it } from '@jest/globals';
import type { CopyMark } from '../../../src/contract/copy-mark';
import { whenToSendAnew } from '../../../src/watcher/job/copy';
import { decide, type Settlement, triedOf } from '../../../src/watcher/settle/decide';
import { testMessage } from '../../helpers/jobs';
import { fc } from '../../helpers/seeded';

type End = 'fails' | 'waits' | 'is stopped';

function settlementOf(end: End, message: { receives: number; copy: CopyMark | undefined }): Settlement {
  const worker = {
    kind: 'exited' as const,
    code: end === 'waits' ? 4 : 1,
    signal: null,
    stopped: end === 'is stopped' ? ('shutdown' as const) : undefined,
  };
  return decide(worker, triedOf({ ...message, receivedAtMs: 0 }, 0)).settlement;
}

/** A message among watchers that know nothing of one another, as SQS counts it. */
function follow(ends: readonly End[], maxReceives: number, received = testMessage()) {
  let [receives, failures, copies, longest] = [0, 0, 0, 0];
  let copy: CopyMark | undefined;
  for (const end of ends) {
    receives += 1;
    if (receives > maxReceives) return { isDead: true, failures, copies, longest };
    if (end === 'fails') failures += 1;
    const message = { messageId: 'm', receives, copy, received, sentAt: new Date(0) };
    const settlement = settlementOf(end, message);
    if (settlement.action === 'return') longest = Math.max(longest, settlement.afterSeconds);
    const anew = whenToSendAnew(message, settlement, maxReceives);
    if (anew === undefined) continue;
    [receives, copy] = [0, anew.mark];
    copies += 1;
  }
  return { isDead: receives >= maxReceives, failures, copies, longest };
}

const times = (count: number, end: End): End[] => Array.from({ length: count }, () => end);

describe('a message', () => {
  it.each([
    { ends: [...times(2, 'waits'), 'fails'] as End[], isDead: false },
    { ends: [...times(2, 'waits'), ...times(3, 'fails')] as End[], isDead: false },
    { ends: [...times(2, 'waits'), ...times(4, 'fails')] as End[], isDead: true },
    { ends: ['waits', 'fails', 'fails'] as End[], isDead: false },
    { ends: ['fails', 'fails', 'waits', 'fails', 'fails'] as End[], isDead: false },
    { ends: ['is stopped', 'is stopped', 'fails'] as End[], isDead: false },
    { ends: ['fails', 'fails', 'is stopped'] as End[], isDead: false },
    { ends: times(1_000, 'waits'), isDead: false },
    { ends: times(1_000, 'is stopped'), isDead: false },
    { ends: times(2, 'fails'), isDead: false },
    { ends: times(3, 'fails'), isDead: true },
  ])('with maxReceives 3: $ends is dead: $isDead', ({ ends, isDead }) => {
    expect(follow(ends, 3)).toMatchObject({ isDead });
  });

  it('that only fails costs no copy, one that only waits one for as many receives', () => {
    expect(follow(times(10, 'fails'), 10)).toMatchObject({ copies: 0, isDead: true });
    expect(follow(times(1_000, 'waits'), 10).copies).toBeLessThanOrEqual(102);
  });

  it('with ten attributes of its own has no room for a mark, and is sent anew in its last receive alone', () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`a${index}`, { Type: 'String', Value: 'x' }]),
    );
    const full = testMessage({ attributes });
    expect(follow(times(9, 'waits'), 10, full)).toMatchObject({ copies: 0 });
    expect(follow(times(10, 'waits'), 10, full)).toMatchObject({ copies: 1, isDead: false });
    const big = testMessage({ body: 'x'.repeat(1_048_576) });
    expect(follow(times(10, 'waits'), 10, big)).toMatchObject({ copies: 1, isDead: false });
  });
});

describe('whatever becomes of a message, and whoever has it', () => {
  const anyEnds = (...ends: End[]) => fc.array(fc.constantFrom(...ends), { maxLength: 200 });
  const anyMax = fc.integer({ min: 1, max: 20 });

  it('it is no dead letter before it has failed maxReceives times, however often it was to wait', () => {
    fc.assert(
      fc.property(anyEnds('fails', 'waits'), anyMax, (ends, max) => {
        const { isDead, failures } = follow(ends, max);
        expect(isDead ? failures : max).toBeGreaterThanOrEqual(max);
      }),
      { seed: 19 },
    );
  });

  it('nor before half of them, however often its task was stopped', () => {
    fc.assert(
      fc.property(anyEnds('fails', 'waits', 'is stopped'), anyMax, (ends, max) => {
        const { isDead, failures, longest } = follow(ends, max);
        expect(isDead ? failures : max).toBeGreaterThanOrEqual(Math.ceil(max / 2));
        // It waits no longer for what came before it than a message that was never sent anew.
        expect(longest).toBeLessThanOrEqual(2 ** max);
      }),
      { seed: 19 },
    );
  });
});
