import { describe, expect, it } from '@jest/globals';
import { Random } from '../../src/features/simulate/load';
import { ProcessClock, WorldClock } from './clock';
import { Stack } from './cloudformation';
import { EcsService, type ContainerOfTask, type EcsTask, type ServiceSettings, type Version } from './ecs';
import { Faults } from './faults';
import { Violations } from './invariants';
import { Ledger, type Holder } from './ledger';
import { SqsQueue, type QueueSettings } from './sqs';
import { Timeline } from './timeline';
import { createWire } from './wire';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A clock, and what records what happens in time. */
function startWorld() {
  const clock = new WorldClock();
  const now = () => clock.now();
  const timeline = new Timeline(now, true);
  const violations = new Violations(timeline, now);
  const random = new Random(1);
  const pass = async (milliseconds: number) => {
    await clock.run(clock.now() + milliseconds, { isOver: () => false, afterEach: () => undefined });
  };
  return { clock, now, timeline, violations, random, pass };
}

const HOLDER: Holder = {
  name: 'a task',
  stopCause: undefined,
  isTroubled: false,
  canAskEcs: true,
  hasAgent: true,
  interruptedAtMs: [],
};

function startQueue(given: Partial<QueueSettings> & { groups?: readonly number[] } = {}) {
  const world = startWorld();
  const { groups = Array.from({ length: 30 }, () => 0), ...settings } = given;
  const planned = groups.map(() => ({ atMs: 0, durationMs: 0, codes: [0], obeys: true }));
  const ledger = new Ledger(planned, world.violations, world.now);
  const queue = new SqsQueue({
    settings: { isFifo: false, maxReceives: 3, ...settings },
    clock: world.clock,
    ledger,
    random: () => world.random.next(),
  });
  const send = (count: number) => {
    for (let number = 0; number < count; number += 1)
      queue.send(number, { group: settings.isFifo ? `g${groups[number]!}` : undefined });
  };
  const receive = (most: number, { hide = 30, wait = 0 } = {}) => {
    const answers: string[][] = [];
    const input = { QueueUrl: '', MaxNumberOfMessages: most, VisibilityTimeout: hide, WaitTimeSeconds: wait };
    queue.receive(input, HOLDER, ({ Messages = [] }) => {
      answers.push(Messages.map(({ ReceiptHandle }) => ReceiptHandle!));
    });
    return answers;
  };
  const entries = (handles: readonly string[], VisibilityTimeout?: number) => ({
    QueueUrl: '',
    Entries: handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout })),
  });
  return {
    ...world,
    queue,
    ledger,
    send,
    receive,
    remove: (...handles: string[]) => queue.deleteBatch(entries(handles), HOLDER),
    change: (seconds: number, ...handles: string[]) => queue.changeBatch(entries(handles, seconds)),
  };
}

describe('the clock', () => {
  it('runs all promise callbacks of an event before the next event', async () => {
    const { clock, pass } = startWorld();
    const seen: string[] = [];
    clock.after(1, () => {
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push('awaited'));
    });
    clock.after(1, () => void seen.push('next'));
    const cancel = clock.every(10, () => void seen.push(`at ${clock.now()}`));
    await pass(25);
    cancel();
    await pass(100);
    expect(seen).toEqual(['awaited', 'next', 'at 10', 'at 20']);
  });

  it('of a frozen process fires late, and of an ended process never', async () => {
    const { clock, pass } = startWorld();
    const process = new ProcessClock(clock);
    const seen: number[] = [];
    const record = () => void seen.push(clock.now());
    process.after(10, record);
    process.freeze(50);
    process.after(60, record);
    process.after(90, record);
    await pass(70);
    process.end();
    await pass(100);
    expect(seen).toEqual([50, 60]);
  });
});

describe('the ledger', () => {
  const start = (groups?: readonly number[]) => {
    const world = startWorld();
    const planned = [0, 1, 2].map((number) => ({
      atMs: 0,
      durationMs: 10_000,
      codes: [1, 0],
      obeys: true,
      group: groups?.[number],
    }));
    const ledger = new Ledger(planned, world.violations, world.now);
    [0, 1, 2].forEach((number) => {
      ledger.send(number);
    });
    const found = () => [...world.violations.found].map(([name, { text }]) => `${name}: ${text}`);
    return { ...world, ledger, found };
  };
  const FAILED = { result: 'failure', reason: 'exit code 1', settlement: { action: 'return' } } as never;
  const DONE = { result: 'success', reason: 'exit code 0', settlement: { action: 'delete' } } as never;
  const NOOP = { result: 'noop', reason: 'exit code 4', settlement: { action: 'return' } } as never;
  const end = (decision: never) => ({ decision, stopped: undefined, ranMs: 10_000 });

  it('reports nothing if a job fails, begins again and succeeds', () => {
    const { ledger, found } = start();
    expect(ledger.begin(0, HOLDER)).toBe(1);
    ledger.end(0, HOLDER, end(FAILED));
    expect(ledger.begin(0, HOLDER)).toBe(0);
    ledger.end(0, HOLDER, end(DONE));
    ledger.delete(0, HOLDER);
    expect([found(), ledger.done, ledger.repeats]).toEqual([[], 1, 1]);
  });

  it('reports a message that is deleted before its job has succeeded', () => {
    const { ledger, found } = start();
    ledger.begin(0, HOLDER);
    ledger.end(0, HOLDER, end(FAILED));
    ledger.delete(0, HOLDER);
    expect(found()).toEqual(['lost: message 0 is deleted by a task, and its job has not ended']);
  });

  it('reports a job that begins twice for no reason, and none that has a reason', () => {
    const { ledger, found } = start();
    ledger.begin(0, HOLDER);
    ledger.begin(0, HOLDER);
    ledger.begin(1, HOLDER);
    ledger.excuse(1, 'its deletion was lost');
    ledger.begin(1, HOLDER);
    ledger.begin(2, HOLDER);
    ledger.die(2, HOLDER, 1_000);
    ledger.begin(2, HOLDER);
    expect(found()).toEqual(['startedTwice: message 0 begins again in a task']);
  });

  it('reports a message of a group that begins before its turn', () => {
    const { ledger, found } = start([7, 7, 8]);
    ledger.begin(2, HOLDER);
    ledger.begin(1, HOLDER);
    expect(found()).toEqual(['outOfOrder: message 1 begins before 0, both of group 7']);
  });

  it('reports a dead letter that was not tried in its last receive, or in any', () => {
    const { ledger, found } = start();
    ledger.begin(0, HOLDER);
    ledger.end(0, HOLDER, end(NOOP));
    ledger.becomeDead(0, false, HOLDER);
    ledger.becomeDead(1, true, HOLDER);
    expect(found()).toEqual(['deadUntried: message 0, after noop: exit code 4', 'neverTried: message 1']);
  });

  it('reports jobs that scaling cut short, and unfinished messages', () => {
    const { ledger, found } = start();
    ledger.begin(0, HOLDER);
    ledger.die(0, { ...HOLDER, stopCause: 'scale-in' }, 3_000);
    ledger.begin(1, HOLDER);
    ledger.die(1, { ...HOLDER, stopCause: 'spot' }, 3_000);
    ledger.close({ canWork: true });
    expect(found()).toEqual([
      'cutByScaling: message 0 in a task, after 3 s of 10 s',
      'unfinished: 3 messages of 3 are not done',
    ]);
    expect(ledger.wastedMs).toBe(6_000);
  });
});

describe('the queue', () => {
  it('hides a received message, shows it again, and makes it a dead letter at the receive after its last one', async () => {
    const { send, receive, pass, queue, ledger } = startQueue();
    send(1);
    for (const receives of [1, 2, 3]) {
      expect(receive(10)).toEqual([[`0.${receives}`]]);
      expect(receive(10)).toEqual([[]]);
      await pass(31 * SECOND);
    }
    expect(queue.counts).toMatchObject({ visible: 0, inFlight: 1 });
    expect(receive(10)).toEqual([[]]);
    expect(ledger.dead).toBe(1);
    expect(queue.isBalanced).toBe(true);
  });

  it('answers a long poll with the first message, and an empty one at its end', async () => {
    const { send, receive, pass } = startQueue();
    const [first, second] = [receive(10, { wait: 20 }), receive(10, { wait: 20 })];
    await pass(5 * SECOND);
    send(1);
    await pass(SECOND);
    expect([...first, ...second]).toEqual([['0.1']]);
    await pass(20 * SECOND);
    expect([...first, ...second]).toContainEqual([]);
  });

  it('gives a message to a poll although its caller has gone', async () => {
    const { send, queue, pass } = startQueue();
    queue.receive({ QueueUrl: '', MaxNumberOfMessages: 1, WaitTimeSeconds: 20 }, HOLDER, () => undefined);
    await pass(SECOND);
    send(1);
    expect(queue.counts).toMatchObject({ visible: 0, inFlight: 1 });
  });

  it('refuses to change the visibility of a message that is visible, by an old handle, or beyond twelve hours', async () => {
    const { send, receive, change, pass } = startQueue();
    send(1);
    receive(1);
    await pass(31 * SECOND);
    expect(change(30, '0.1')[0]!.Message).toMatch(/not available for visibility timeout change/);
    receive(1, { hide: 43_200 });
    expect(change(30, '0.1')).toHaveLength(1);
    await pass(HOUR);
    expect(change(40_000, '0.2')[0]!.Message).toMatch(/beyond the limit \[43200 seconds\]/);
    expect(change(39_600, '0.2')).toEqual([]);
    expect(change(0, '0.2')).toEqual([]);
    expect(receive(1)).toEqual([['0.3']]);
  });

  it('accepts a deletion by an old handle, and keeps the message', async () => {
    const { send, receive, remove, pass, queue } = startQueue();
    send(1);
    receive(1);
    await pass(31 * SECOND);
    receive(1);
    expect(remove('0.1')).toEqual([]);
    expect(queue.counts.inFlight).toBe(1);
    expect(remove('0.2')).toEqual([]);
    expect(queue.counts).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('can deliver a message twice, and the first handle is then an old one', async () => {
    const { send, receive, change, pass } = startQueue({ isDoubled: () => true });
    send(1);
    receive(1);
    await pass(5 * SECOND);
    expect(receive(1)).toEqual([['0.2']]);
    expect(change(30, '0.1')).toHaveLength(1);
  });

  it('fills a FIFO poll from one group first, and gives no message of a group that has one in flight', () => {
    const groups = [0, 0, 1, 0, 2, 1];
    const { send, receive, remove, change } = startQueue({ isFifo: true, groups });
    send(6);
    expect(receive(4)).toEqual([['0.1', '1.1', '3.1', '2.1']]);
    expect(receive(10)).toEqual([['4.1']]);
    remove('0.1');
    expect(receive(10)).toEqual([[]]);
    change(0, '1.1', '3.1');
    // Both come in their order, and each receive counts, whether or not the message was tried.
    expect(receive(10)).toEqual([['1.2', '3.2']]);
    change(0, '2.1');
    expect(receive(10)).toEqual([['2.2', '5.1']]);
  });

  it('refuses an expired handle of a FIFO queue', async () => {
    const { send, receive, remove, pass } = startQueue({ isFifo: true });
    send(1);
    receive(1);
    await pass(31 * SECOND);
    expect(remove('0.1')).toMatchObject([{ SenderFault: true, Message: 'The receipt handle has expired' }]);
  });

  it('falls asleep after six hours, and takes up to 15 minutes to wake', async () => {
    const { send, queue, pass, receive, remove } = startQueue();
    send(1);
    expect(queue.takeMetrics()).toEqual({ visible: 1, sent: 1 });
    receive(1);
    expect(queue.takeMetrics()).toEqual({ visible: 0, inFlight: 1 });
    remove('0.1');
    await pass(6 * HOUR - MINUTE);
    expect(queue.takeMetrics()).toEqual({ visible: 0 });
    await pass(2 * MINUTE);
    expect(queue.takeMetrics()).toEqual({});
    queue.send(1);
    expect(queue.takeMetrics()).toEqual({});
    await pass(15 * MINUTE);
    expect(queue.takeMetrics()).toEqual({ visible: 1, sent: 1 });
  });
});

describe('the wire', () => {
  const call = (world: ReturnType<typeof startQueue>, faults: Faults) =>
    createWire({
      ...world,
      holder: HOLDER,
      world: world.clock,
      clock: new ProcessClock(world.clock),
      faults,
      latencyMs: () => 5,
      onCall: () => undefined,
    }).call(
      'ReceiveMessage',
      { QueueUrl: '', MaxNumberOfMessages: 10 },
      {
        answerTimeoutMs: 25_000,
      },
    );

  const withFault = (
    kind: 'unreachable' | 'answerLost' | 'throttled',
    world: ReturnType<typeof startQueue>,
  ) => new Faults([{ kind, fromMs: 0, toMs: HOUR, share: 1 }], world.now, world.random);

  it('delivers an answer after the time of both ways', async () => {
    const world = startQueue();
    world.send(2);
    const answer = call(world, new Faults([], world.now, world.random));
    await world.pass(10);
    expect((await answer).Messages).toHaveLength(2);
  });

  it.each([
    ['unreachable', 'TimeoutError', 0],
    ['answerLost', 'TimeoutError', 2],
    ['throttled', 'RequestThrottled', 0],
  ] as const)(
    'with the fault %s fails with %s, and leaves %d messages in flight',
    async (kind, name, hidden) => {
      const world = startQueue();
      world.send(2);
      const failed = expect(call(world, withFault(kind, world))).rejects.toMatchObject({ name });
      await world.pass(26 * SECOND);
      await failed;
      expect(world.queue.counts.inFlight).toBe(hidden);
    },
  );
});

const V1: Version = { name: 'v1', kind: 'good' };
const V2: Version = { name: 'v2', kind: 'good' };

/** A service whose containers do nothing. They end ten seconds after SIGTERM, unless they ignore it. */
function startService(desired: number, more: Partial<ServiceSettings & { ignoresSigterm: boolean }> = {}) {
  const world = startWorld();
  const { ignoresSigterm, ...settings } = more;
  const kills: string[] = [];
  const container = (task: EcsTask): ContainerOfTask => ({
    start: () => {
      if (task.deployment.version.kind === 'crashes')
        world.clock.quietly(SECOND, () => void service.exited(task));
    },
    terminate: () => {
      if (!ignoresSigterm) world.clock.quietly(10 * SECOND, () => void service.exited(task));
    },
    kill: () => {
      kills.push(task.name);
      service.exited(task);
    },
  });
  const service: EcsService = new EcsService(desired, V1, {
    ...world,
    random: () => world.random.next(),
    settings: {
      rolling: { minimumHealthyPercent: 50, maximumPercent: 200 },
      stopTimeoutSeconds: 120,
      hasHealthCheck: false,
      provisionMs: () => 20 * SECOND,
      pullMs: () => 40 * SECOND,
      hasCapacity: () => true,
      circuitBreaker: true,
      takesUpActive: false,
      ...settings,
    },
    makeContainer: container,
  });
  const stack = new Stack(V1, { ...world, service });
  const of = (version: Version) => service.alive.filter(({ deployment }) => deployment.version === version);
  const protectAll = () => service.alive.map((task) => service.protect(task, 30));
  return { ...world, service, stack, of, protectAll, kills };
}

describe('the service', () => {
  it('starts its tasks, and they are healthy 40 s after their start', async () => {
    const { service, pass } = startService(3);
    await pass(62 * SECOND);
    expect(service.running).toBe(3);
    expect(service.alive.filter(({ isHealthy }) => isHealthy)).toHaveLength(0);
    await pass(40 * SECOND);
    expect(service.alive.filter(({ isHealthy }) => isHealthy)).toHaveLength(3);
  });

  it('rolls: it stops half of the old tasks, starts new ones, and stops the rest', async () => {
    const { service, stack, of, pass } = startService(4);
    await pass(3 * MINUTE);
    const update = stack.deploy(V2)!;
    await pass(5 * SECOND);
    expect([of(V1).length, of(V2).length]).toEqual([2, 4]);
    await pass(55 * SECOND + 10 * SECOND);
    expect([of(V1).length, service.running]).toEqual([2, 8 - 2]);
    await pass(2 * MINUTE);
    expect([of(V1).length, of(V2).length, update.state]).toEqual([0, 4, 'UPDATE_COMPLETE']);
  });

  it('waits for protected tasks until CloudFormation gives up after three hours', async () => {
    const { service, stack, of, pass, protectAll, violations } = startService(4);
    await pass(3 * MINUTE);
    const keep = () => void of(V1).forEach((task) => service.protect(task, 30));
    keep();
    const update = stack.deploy(V2)!;
    for (let minutes = 0; minutes < 175; minutes += 25) {
      await pass(25 * MINUTE);
      keep();
    }
    expect([of(V1).length, of(V2).length, update.state]).toEqual([4, 4, 'UPDATE_IN_PROGRESS']);
    expect(protectAll().slice(4)).toEqual(Array.from({ length: 4 }, () => 'DEPLOYMENT_BLOCKED'));
    await pass(10 * MINUTE);
    expect(update).toMatchObject({
      state: 'UPDATE_ROLLBACK_IN_PROGRESS',
      reason: 'the service did not stabilize in three hours',
    });
    expect(violations.found.size).toBe(0);
  });

  it('refuses protection and renewals beyond the desired count; when protection expires, the task is stopped', async () => {
    const { service, pass, protectAll } = startService(4);
    await pass(3 * MINUTE);
    expect(protectAll()).toEqual([undefined, undefined, undefined, undefined]);
    service.setDesired(1);
    await pass(MINUTE);
    expect(service.running).toBe(4);
    expect(protectAll()).toEqual(Array.from({ length: 4 }, () => 'DEPLOYMENT_BLOCKED'));
    await pass(30 * MINUTE);
    expect(service.running).toBe(1);
  });

  it('is not scaled in during a deployment', async () => {
    const { service, stack, pass } = startService(4);
    await pass(3 * MINUTE);
    stack.deploy(V2);
    service.setDesired(1);
    expect(service.desired).toBe(4);
    service.setDesired(6);
    expect(service.desired).toBe(6);
    await pass(10 * MINUTE);
    service.setDesired(1);
    expect(service.desired).toBe(1);
  });

  it('with no task desired has nothing to replace, and deploys even a broken version', async () => {
    const { stack, pass } = startService(0);
    const update = stack.deploy({ name: 'broken', kind: 'no-image' })!;
    await pass(30 * SECOND);
    expect(update.state).toBe('UPDATE_COMPLETE');
  });

  it.each(['no-image', 'crashes'] as const)(
    'fails a deployment of kind %s after three failed tasks, and rolls back',
    async (kind) => {
      const { stack, service, pass, of } = startService(2);
      await pass(3 * MINUTE);
      const update = stack.deploy({ name: 'v2', kind })!;
      await pass(20 * MINUTE);
      expect(update.state).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(of(V1)).toHaveLength(2);
      expect(service.launches).toBeLessThan(12);
    },
  );

  it('watches alarms during a deployment and its bake time, unless one is up when the deployment begins', async () => {
    let isUp = false;
    const alarms = { isUp: () => isUp, each: [{ periodSeconds: 300, evaluationPeriods: 2 }] };
    const { stack, pass } = startService(2, { alarms });
    await pass(3 * MINUTE);
    const first = stack.deploy(V2)!;
    await pass(5 * MINUTE);
    expect(first.state).toBe('UPDATE_IN_PROGRESS');
    isUp = true;
    await pass(2 * MINUTE);
    expect(first).toMatchObject({ state: 'UPDATE_ROLLBACK_IN_PROGRESS', reason: 'an alarm is up' });
    // The rollback is a deployment, too, and begins with the alarm up.
    await pass(10 * MINUTE);
    expect(first.state).toBe('UPDATE_ROLLBACK_COMPLETE');
    const second = stack.deploy(V2)!;
    await pass(10 * MINUTE);
    expect(second.state).toBe('UPDATE_COMPLETE');
  });

  it('replaces an unhealthy task even if it is protected, and starts the replacement first', async () => {
    const { service, pass, protectAll } = startService(2);
    await pass(3 * MINUTE);
    protectAll();
    const [sick] = service.alive;
    service.judged(sick!, false);
    await pass(30 * SECOND);
    expect(sick!.state).toBe('RUNNING');
    await pass(3 * MINUTE);
    expect(sick!.stopCause).toBe('unhealthy');
    expect(service.running).toBe(2);
  });

  it('kills a container that does not end within the stop timeout', async () => {
    const { service, pass, kills } = startService(1, { ignoresSigterm: true });
    await pass(3 * MINUTE);
    service.stop(service.alive[0]!, 'spot');
    await pass(119 * SECOND);
    expect(kills).toEqual([]);
    await pass(2 * SECOND);
    expect(kills).toEqual(['task 1 (v1)']);
  });

  it('refuses a sixth active deployment', async () => {
    const { service, pass, protectAll } = startService(1);
    await pass(3 * MINUTE);
    protectAll();
    for (let more = 1; more <= 4; more += 1) {
      // Each version needs room for one more task.
      service.setDesired(more * 2);
      service.update({ name: `v${more + 1}`, kind: 'good' });
      await pass(2 * MINUTE);
      protectAll();
    }
    expect(service.deployments).toHaveLength(5);
    expect(() => service.update({ name: 'v6', kind: 'good' })).toThrow('5 active deployments exist');
  });

  it('launches at the rate of Fargate', async () => {
    const { service, pass } = startService(0);
    service.setDesired(300);
    await pass(62 * SECOND);
    expect(service.running).toBeGreaterThanOrEqual(100);
    expect(service.running).toBeLessThan(150);
    await pass(MINUTE);
    expect(service.running).toBe(300);
  });

  it.each([
    [true, 1],
    [false, 3],
  ])('reuses an active deployment of the version that it rolls back to (%s)', async (takesUpActive, id) => {
    const { service, pass, protectAll } = startService(2, { takesUpActive });
    await pass(3 * MINUTE);
    protectAll();
    service.update(V2);
    await pass(MINUTE);
    expect(service.update(V1).id).toBe(id);
  });
});
