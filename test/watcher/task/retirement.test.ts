import { describe, expect, it } from '@jest/globals';
import type { ServiceView } from '../../../src/watcher/task/ecs';
import { ProtectionRefusal, TaskProtection } from '../../../src/watcher/task/protection';
import { type RetirementOptions, TaskRetirement } from '../../../src/watcher/task/retirement';
import { createFakeClock } from '../../helpers/fake-clock';
import { createTestLog } from '../../helpers/test-log';

const SECOND = 1_000;
const MINUTE = 60_000;

/** Two versions of ten tasks, the newer of which runs. */
const REPLACED: ServiceView = {
  own: 'ecs-svc/1',
  newest: { id: 'ecs-svc/2', startedAtMs: 1_000_000, desired: 10, running: 10, failed: 0, hasFailed: false },
  running: 20,
  pending: 0,
};
const ALONE: ServiceView = { ...REPLACED, own: 'ecs-svc/2', running: 10 };

const BLOCKED = new ProtectionRefusal('DEPLOYMENT_BLOCKED', 'blocked');

/** A task that looks at the world each minute, half a minute after it is first busy. `puts` is what the agent was told. */
function start(more: Partial<RetirementOptions> = {}) {
  const clock = createFakeClock();
  const log = createTestLog();
  const stop = new AbortController();
  const world: { view: ServiceView | Error | undefined; agent: Error | undefined } = {
    view: ALONE,
    agent: undefined,
  };
  const puts: string[] = [];
  const ends: string[] = [];
  const told = { looks: 0 };
  const protection = new TaskProtection({
    put: ({ ProtectionEnabled }) => {
      puts.push(ProtectionEnabled ? 'on' : 'off');
      return world.agent === undefined ? Promise.resolve() : Promise.reject(world.agent);
    },
    maxJobDurationSeconds: 0,
    clock,
    log: createTestLog(),
  });
  const retirement = new TaskRetirement({
    protection,
    lookAtService: () => {
      told.looks += 1;
      return world.view instanceof Error ? Promise.reject(world.view) : Promise.resolve(world.view);
    },
    finishSeconds: 600,
    areJobsLong: true,
    end: (cause) => {
      ends.push(cause);
      stop.abort();
    },
    stopping: stop.signal,
    clock,
    timeOfDay: clock,
    random: () => 0.5,
    log,
    ...more,
  });
  return { clock, log, stop, world, puts, ends, told, protection, retirement };
}

describe('a task of an older version', () => {
  it('takes no more messages once the newer was seen twice to run, and gives up its protection with its last', async () => {
    const { clock, world, retirement, puts, log } = start();
    await retirement.busy();
    world.view = REPLACED;
    await clock.advance(30 * SECOND);
    expect(retirement.isRetired).toBe(false);
    await clock.advance(MINUTE);
    expect(retirement.isRetired).toBe(true);
    expect(puts).toEqual(['on']);
    retirement.idle();
    await clock.advance(0);
    expect(puts).toEqual(['on', 'off']);
    expect(log.lines).toEqual(['info a newer version runs: no message is taken, and jobs at work go on']);
  });

  it('gives it up at once if it has nothing in hand', async () => {
    const { clock, world, retirement, puts } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(85 * SECOND);
    retirement.idle();
    await clock.advance(6 * SECOND);
    expect(puts).toEqual(['on', 'off']);
    expect(retirement.isRetired).toBe(true);
  });

  it('goes back to work after a rollback', async () => {
    const { clock, world, retirement, log } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(2 * MINUTE);
    const atWork = retirement.whenAtWork();
    expect(atWork).toBeInstanceOf(Promise);
    world.view = { ...ALONE, own: 'ecs-svc/1', newest: { ...ALONE.newest, id: 'ecs-svc/1' } };
    await clock.advance(MINUTE);
    await atWork;
    expect(retirement.whenAtWork()).toBeUndefined();
    expect(log.lines.at(-1)).toBe('info this task takes messages again');
  });

  it('is ended when the time to finish is over, and not before', async () => {
    const { clock, world, retirement, ends } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(90 * SECOND);
    await clock.advance(599 * SECOND);
    expect(ends).toEqual([]);
    await clock.advance(SECOND);
    expect(ends).toEqual(['a newer version runs, and the time to finish (600 s) is over']);
  });

  it('is not ended if it has nothing in hand then: ECS stops it', async () => {
    const { clock, world, retirement, ends } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(90 * SECOND);
    retirement.idle();
    await clock.advance(20 * MINUTE);
    expect(ends).toEqual([]);
  });

  it('has no longer than CloudFormation waits, from when the deployment began', async () => {
    const { clock, world, retirement, ends } = start({ finishSeconds: 100_000 });
    world.view = REPLACED;
    // It began 9,000 s ago.
    await clock.advance(9_000 * SECOND);
    await retirement.busy();
    await clock.advance(999 * SECOND);
    expect(ends).toEqual([]);
    await clock.advance(SECOND);
    expect(ends).toHaveLength(1);
  });

  it('that ECS refuses to protect gives back what it has not begun, and takes no more', async () => {
    const { world, retirement, puts, clock } = start();
    world.agent = BLOCKED;
    world.view = { ...REPLACED, newest: { ...REPLACED.newest, running: 0 } };
    await retirement.busy();
    expect([retirement.givesBack, retirement.isRetired]).toEqual([true, true]);
    retirement.idle();
    await clock.advance(5 * MINUTE);
    expect(puts).toEqual(['on', 'off', ...puts.slice(2)]);
    // Also with none of the newer version at work: it was refused since enough others are.
    expect(retirement.isRetired).toBe(true);
  });

  it('ends by itself if the agent takes its protection from it no more', async () => {
    const { clock, world, retirement, ends } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(90 * SECOND);
    world.agent = new Error('no agent');
    retirement.idle();
    await clock.advance(119 * SECOND);
    expect(ends).toEqual([]);
    await clock.advance(SECOND);
    expect(ends).toEqual(['a newer version runs, and its protection cannot be given up']);
  });

  it('is not ended so if a message came yet, by a poll that was under way', async () => {
    const { clock, world, retirement, ends } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(90 * SECOND);
    retirement.idle();
    await clock.advance(MINUTE);
    void retirement.busy();
    await clock.advance(5 * MINUTE);
    expect(ends).toEqual([]);
  });

  it('lets go for half a minute while new ones cannot be placed, and works on if ECS lets it', async () => {
    const { clock, world, retirement, puts } = start();
    world.view = { ...REPLACED, newest: { ...REPLACED.newest, running: 0 }, running: 10 };
    await retirement.busy();
    await clock.advance(8 * MINUTE);
    expect(retirement.isRetired).toBe(true);
    retirement.idle();
    await clock.advance(29 * SECOND);
    expect([retirement.isRetired, ...puts]).toEqual([true, 'on', 'off']);
    await clock.advance(SECOND);
    expect(retirement.isRetired).toBe(false);
  });
});

describe('the time to finish', () => {
  it('counts from now where a rollback takes up a deployment that began days ago', async () => {
    const { clock, world, retirement, ends } = start();
    world.view = {
      ...REPLACED,
      newest: { ...REPLACED.newest, startedAtMs: 1_000_000 - 9 * 24 * 60 * MINUTE },
    };
    await retirement.busy();
    await clock.advance(90 * SECOND);
    expect(retirement.isRetired).toBe(true);
    await clock.advance(599 * SECOND);
    expect(ends).toEqual([]);
    await clock.advance(SECOND);
    expect(ends).toHaveLength(1);
  });

  it('ends a job, too, that a poll under way brought after it was over', async () => {
    const { clock, world, retirement, ends } = start({ finishSeconds: 5 });
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(90 * SECOND);
    retirement.idle();
    await clock.advance(10 * SECOND);
    void retirement.busy();
    await clock.advance(2 * MINUTE);
    expect(ends).toHaveLength(1);
  });
});

describe('a task whose cause to retire is gone', () => {
  const UNKNOWN = new Error('no way to ECS');

  it('takes messages again, though a job of hours keeps it from letting go', async () => {
    const { clock, world, retirement } = start();
    world.view = UNKNOWN;
    await retirement.busy();
    await clock.advance(40 * MINUTE);
    expect(retirement.isRetired).toBe(true);
    world.view = ALONE;
    await clock.advance(10 * MINUTE);
    expect(retirement.isRetired).toBe(false);
    retirement.stop();
  });

  it('takes messages again when ECS protects it, though it has a job of hours', async () => {
    const { clock, world, retirement } = start();
    await retirement.busy();
    await clock.advance(13 * 60 * MINUTE);
    world.agent = BLOCKED;
    world.view = { ...ALONE, running: 15 };
    await retirement.busy();
    expect(retirement.isRetired).toBe(true);
    await clock.advance(5 * MINUTE);
    expect(retirement.isRetired).toBe(true);
    world.agent = undefined;
    await clock.advance(3 * MINUTE);
    expect(retirement.isRetired).toBe(false);
    retirement.stop();
  });

  it('gives up its protection again, if no message comes', async () => {
    const { clock, world, retirement, protection, puts } = start();
    world.agent = BLOCKED;
    world.view = { ...ALONE, running: 15 };
    await retirement.busy();
    retirement.idle();
    await clock.advance(5 * SECOND);
    world.view = ALONE;
    await clock.advance(2 * MINUTE);
    world.agent = undefined;
    await clock.advance(5 * MINUTE);
    expect([retirement.isRetired, protection.isOn, protection.mayBeHeld]).toEqual([false, false, false]);
    const { length } = puts;
    await clock.advance(60 * MINUTE);
    expect(puts).toHaveLength(length);
  });

  it('of an older version that was refused works on, once it is the only one that runs', async () => {
    const { clock, world, retirement } = start();
    world.agent = BLOCKED;
    world.view = REPLACED;
    await retirement.busy();
    retirement.idle();
    expect(retirement.isRetired).toBe(true);
    world.agent = undefined;
    world.view = { ...REPLACED, newest: { ...REPLACED.newest, running: 0 }, running: 1 };
    await clock.advance(20 * MINUTE);
    expect(retirement.isRetired).toBe(false);
    retirement.stop();
  });
});

describe('a task of the newest version', () => {
  it('that ECS refuses to protect waits for the older ones, and asks each ten seconds', async () => {
    const { clock, world, retirement, puts } = start();
    world.agent = BLOCKED;
    world.view = { ...ALONE, running: 15 };
    await retirement.busy();
    expect([retirement.givesBack, retirement.isRetired]).toEqual([true, true]);
    retirement.idle();
    await clock.advance(25 * SECOND);
    expect(puts).toEqual(['on', 'on', 'on']);
    world.agent = undefined;
    await clock.advance(10 * SECOND);
    expect([retirement.givesBack, retirement.isRetired]).toEqual([false, false]);
  });

  it.each([
    { what: 'no older ones are left', view: ALONE, areJobsLong: true },
    { what: 'jobs end within the time that ECS gives', view: { ...ALONE, running: 15 }, areJobsLong: false },
    { what: 'it does not know of older ones', view: new Error('AccessDenied'), areJobsLong: true },
  ])('that ECS refuses to protect works on if $what', async ({ view, areJobsLong }) => {
    const { world, retirement } = start({ areJobsLong });
    world.agent = BLOCKED;
    world.view = view;
    await retirement.busy();
    expect([retirement.givesBack, retirement.isRetired]).toEqual([false, false]);
    retirement.stop();
  });

  it('works on if it is refused for another reason', async () => {
    const { world, retirement, told } = start();
    world.agent = new Error('no agent');
    world.view = REPLACED;
    await retirement.busy();
    expect([retirement.givesBack, retirement.isRetired, told.looks]).toEqual([false, false, 0]);
    retirement.stop();
  });

  it('gives back what it is not protected for, if there are more tasks than are desired', async () => {
    const { world, retirement } = start();
    world.agent = BLOCKED;
    world.view = { ...ALONE, newest: { ...ALONE.newest, desired: 9 } };
    await retirement.busy();
    expect([retirement.givesBack, retirement.isRetired]).toEqual([true, true]);
    retirement.stop();
  });

  it.each([
    { what: 'a pause', desired: 0, isRetired: true },
    { what: 'a lower `max`, and its place among the tasks', desired: 4, isRetired: true },
    { what: 'a lower `max` that others make up for', desired: 6, isRetired: false },
  ])('retires by $what: $isRetired', async ({ desired, isRetired }) => {
    const { clock, world, retirement } = start();
    world.view = { ...ALONE, newest: { ...ALONE.newest, desired } };
    await retirement.busy();
    await clock.advance(MINUTE);
    expect(retirement.isRetired).toBe(isRetired);
    retirement.stop();
  });
});

describe('looks', () => {
  it('are not made by a task without messages', async () => {
    const { clock, retirement, told } = start();
    await clock.advance(60 * MINUTE);
    expect(told.looks).toBe(0);
    await retirement.busy();
    retirement.idle();
    await clock.advance(60 * MINUTE);
    expect(told.looks).toBe(0);
  });

  it('are made each minute by a busy one, or so seldom that 5,000 ask ten times a second', async () => {
    const { clock, world, retirement, told } = start();
    await retirement.busy();
    await clock.advance(10 * MINUTE);
    expect(told.looks).toBe(10);
    world.view = { ...ALONE, running: 5_000, newest: { ...ALONE.newest, desired: 5_000, running: 5_000 } };
    await clock.advance(MINUTE);
    told.looks = 0;
    await clock.advance(5_000 * SECOND);
    expect(told.looks).toBe(10);
    retirement.stop();
  });

  it('are made no more often by one that has messages now and then', async () => {
    const { clock, retirement, told } = start();
    for (let second = 0; second < 600; second += 12) {
      await retirement.busy();
      await clock.advance(SECOND);
      retirement.idle();
      await clock.advance(11 * SECOND);
    }
    expect(told.looks).toBeLessThanOrEqual(10);
    retirement.stop();
  });

  it('that fail are made less often, told at the third, and told again when they succeed', async () => {
    const { clock, world, retirement, told, log } = start();
    world.view = new Error('Rate exceeded');
    await retirement.busy();
    await clock.advance(60 * MINUTE);
    expect(told.looks).toBeLessThanOrEqual(10);
    expect(log.lines[0]).toMatch(/^warn ECS does not tell .* Rate exceeded; .*ecs:DescribeServices/);
    world.view = ALONE;
    await clock.advance(10 * MINUTE);
    expect(log.lines).toContain('info ECS tells again which version is the newest');
    retirement.stop();
  });

  it('that are not answered for long let a busy task go for a moment, again and again', async () => {
    const { clock, world, retirement } = start();
    world.view = new Error('no way to ECS');
    let moments = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      await retirement.busy();
      await clock.advance(MINUTE);
      if (!retirement.isRetired) continue;
      moments += 1;
      retirement.idle();
      await clock.advance(30 * SECOND);
      expect(retirement.isRetired).toBe(false);
    }
    expect(moments).toBeGreaterThanOrEqual(5);
    expect(moments).toBeLessThanOrEqual(9);
    retirement.stop();
  });

  it('by a task that no service keeps are made once', async () => {
    const { clock, world, retirement, told } = start();
    world.view = undefined;
    await retirement.busy();
    await clock.advance(60 * MINUTE);
    expect([told.looks, retirement.isRetired]).toEqual([1, false]);
  });

  it('end with the task, and nobody waits for it', async () => {
    const { clock, world, retirement, told, stop } = start();
    world.view = REPLACED;
    await retirement.busy();
    await clock.advance(2 * MINUTE);
    const atWork = retirement.whenAtWork();
    stop.abort();
    await atWork;
    const { looks } = told;
    await clock.advance(60 * MINUTE);
    expect([told.looks, retirement.whenAtWork()]).toEqual([looks, undefined]);
  });
});
