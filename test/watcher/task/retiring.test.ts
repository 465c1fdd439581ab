import { describe, expect, it } from '@jest/globals';
import type { Deployment, ServiceView } from '../../../src/watcher/task/ecs';
import {
  type Memory,
  remember,
  stuckLetsGoMs,
  unknownLetsGoMs,
  whoRetires,
} from '../../../src/watcher/task/retiring';

const NOW = 1_000_000;
const MINUTE = 60_000;

const deployment = (more: Partial<Deployment> = {}): Deployment => ({
  id: 'ecs-svc/2',
  startedAtMs: 0,
  desired: 10,
  running: 10,
  failed: 0,
  hasFailed: false,
  ...more,
});

/** Of a task of the deployment before it, unless told. */
const view = (newest: Partial<Deployment>, more: Partial<ServiceView> = {}): ServiceView => ({
  own: 'ecs-svc/1',
  newest: deployment(newest),
  running: 10 + (newest.running ?? 10),
  pending: 0,
  ...more,
});

/** After looks that saw so many tasks of the newest deployment, one after the other. */
const after = (looks: readonly Partial<Deployment>[]) =>
  looks.reduce<Memory | undefined>(
    (memory, look, index) => remember(memory, deployment(look), NOW + index * MINUTE),
    undefined,
  )!;

describe('tasks of an older version', () => {
  it.each([
    { looks: [{ running: 0 }], share: 0, why: 'nothing runs yet' },
    { looks: [{ running: 10 }], share: 0, why: 'what runs was seen once: it may just be ending again' },
    { looks: [{ running: 10 }, { running: 10 }], share: 1, why: 'all that is desired runs' },
    {
      looks: [{ running: 4 }, { running: 4 }],
      share: 0,
      why: 'less than half of the tasks would be at work',
    },
    { looks: [{ running: 5 }, { running: 5 }], share: 0.5, why: 'half of it runs' },
    { looks: [{ running: 5 }, { running: 8 }], share: 0.5, why: 'only five were seen twice' },
    { looks: [{ running: 8 }, { running: 8 }, { running: 7 }], share: 0.8, why: 'one is being replaced' },
    { looks: [{ running: 8 }, { running: 8 }, { running: 4 }], share: 0, why: 'too few are left' },
    { looks: [{ running: 12 }, { running: 12 }], share: 1, why: 'more than desired run' },
    { looks: [{ running: 10 }, { running: 10, failed: 1 }], share: 0, why: 'a task of it has failed' },
    { looks: [{ running: 10 }, { running: 10, hasFailed: true }], share: 0, why: 'it is given up' },
    { looks: [{ desired: 20, running: 9 }], share: 0, why: 'less than half of many run' },
    { looks: [{ desired: 20, running: 15 }], share: 0.75, why: 'of many, fifteen are not just ending again' },
    {
      looks: [{ running: 10 }, { running: 10 }, { id: 'ecs-svc/3', running: 10 }],
      share: 0,
      why: 'another deployment began: a rollback, or the next version',
    },
  ])('retire by $share: $why', ({ looks, share }) => {
    const last = looks.at(-1)!;
    const retiring = whoRetires(view(last, { running: 10 + last.running }), after(looks));
    expect(retiring.share).toBe(share);
  });

  it('retire as far as there are more of them than are desired, whether new ones run or not', () => {
    const looks = [{ running: 0, desired: 2 }];
    expect(whoRetires(view(looks[0]!, { running: 8 }), after(looks))).toEqual({
      share: 0.75,
      cause: 'there are more tasks than are desired',
    });
  });
});

describe('tasks of the newest version', () => {
  const own = 'ecs-svc/2';

  it.each([
    { desired: 10, running: 10, share: 0 },
    { desired: 10, running: 3, share: 0 },
    { desired: 4, running: 10, share: 0.6 },
    { desired: 0, running: 10, share: 1 },
    { desired: 0, running: 0, share: 1 },
  ])('retire by $share of $running, if $desired are desired', ({ desired, running, share }) => {
    const newest = { desired, running };
    expect(whoRetires(view(newest, { own, running }), after([newest, newest])).share).toBe(share);
  });

  it('are not in the way of any', () => {
    const newest = { running: 3 };
    expect(stuckLetsGoMs(view(newest, { own }), after([newest]), { protectedSinceMs: 0, rank: 0 })).toBe(
      Infinity,
    );
  });
});

describe('a moment without protection', () => {
  const task = { protectedSinceMs: NOW - 60 * MINUTE, rank: 0 };

  it('comes four minutes after the last new task was placed, and for each task at another time', () => {
    const looks = [{ running: 2 }, { running: 3 }, { running: 3 }, { running: 3 }];
    const atMs = (rank: number) =>
      stuckLetsGoMs(view(looks.at(-1)!), after(looks), { ...task, rank }) - (NOW + MINUTE);
    expect([atMs(0), atMs(0.5), atMs(0.999)].map((ms) => Math.round(ms / 1000))).toEqual([240, 390, 540]);
  });

  it('does not come while all that is desired runs', () => {
    expect(stuckLetsGoMs(view({ running: 10 }), after([{ running: 10 }]), task)).toBe(Infinity);
  });

  it('comes again and again where nothing is known: 7 to 22 minutes after the last', () => {
    const minutes = [0, 0.5, 1].map((rank) => unknownLetsGoMs({ protectedSinceMs: 0, rank }) / MINUTE);
    expect(minutes).toEqual([7.5, 15, 22.5]);
  });
});
