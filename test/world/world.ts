import { mapValues } from 'lodash';
import { isKeptAwake } from '../../src/config/complete/queue';
import { AWAKE_EVERY_HOURS } from '../../src/scaling/limits';
import { Autoscaler } from '../../src/scaling/aws/application-auto-scaling';
import { Metrics } from '../../src/scaling/aws/cloudwatch';
import { choosePolicy, type ScalingChoice } from '../../src/scaling/choose-policy';
import type { ScalingPolicy } from '../../src/scaling/policy';
import { Random } from '../../src/features/simulate/load';
import { DEFAULT_WORLD } from '../../src/features/simulate/world';
import { MAX_FINISH_SECONDS } from '../../src/contract/outcomes';
import type { Settings } from '../../src/watcher/settings';
import { lookPeriodMs } from '../../src/watcher/task/looks';
import { WorldClock } from './clock';
import { Stack, type StackUpdate } from './cloudformation';
import { EcsService, type EcsTask, type ServiceSettings, type StopCause, type Version } from './ecs';
import { type Fault, Faults, type Strike } from './faults';
import { type Invariant, type Violation, Violations } from './invariants';
import { Ledger, type PlannedMessage } from './ledger';
import { SqsQueue } from './sqs';
import { Container } from './task';
import { Timeline } from './timeline';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface Deploy {
  atMs: number;
  version: Version;
  /** By the stack, or by `--force-new-deployment`. */
  how: 'stack' | 'force';
}

/** Everything that decides what happens in a world: equal settings give equal worlds. */
export interface WorldSettings {
  name: string;
  seed: number;
  /** Messages, in the order in which they are sent. */
  planned: readonly PlannedMessage[];
  scaling: ScalingChoice;
  /** Scaling policy; by default the one that the template would have. */
  policy?: ScalingPolicy;
  watcher?: Partial<Settings>;
  service?: Partial<ServiceSettings>;
  faults?: readonly Fault[];
  strikes?: readonly Strike[];
  deploys?: readonly Deploy[];
  spotPerHour?: number;
  /** Whether tasks can ask ECS for their service. They cannot without the permission, or without a route to ECS. */
  canAskEcs?: boolean;
  /** Whether only the schedule that keeps the queue awake has used it in the last six hours. */
  isAsleep?: boolean;
  /** Whether a schedule keeps the queue's metrics awake. By default, as in the template: if `min` is 0. */
  awake?: boolean | 'with lost calls';
  /** The count that a change in capacity is added to. AWS documents both. */
  changesFrom?: 'desired' | 'running';
  /** The world ends at this time, whatever is left to do. */
  untilMs: number;
  deployBoundMs?: number;
  keepsTimeline?: boolean;
}

export interface WorldResult {
  name: string;
  messages: number;
  done: number;
  dead: number;
  begins: number;
  repeats: number;
  violations: ReadonlyMap<Invariant, Violation>;
  updates: readonly StackUpdate[];
  launches: number;
  mostTasks: number;
  taskHours: number;
  wastedHours: number;
  wastedHoursBy: Partial<Record<StopCause, number>>;
  /** Requests for protection that were refused. */
  blocked: number;
  /** Forced deployments that ECS refused to begin. */
  refusedUpdates: number;
  sqsCalls: Readonly<Record<string, number>>;
  emptyReceives: number;
  agentCalls: number;
  ecsCalls: number;
  waitSeconds: { p50: number; p95: number; max: number };
  /** From the receive of a message to the begin of its job. */
  heldMs: { p50: number; p95: number; max: number };
  /** Receives after which no job began. */
  receivedInVain: number;
  endedAtMs: number;
  events: number;
  timeline: readonly string[];
}

const GOOD: Version = { name: 'v1', kind: 'good' };
const HEALTH = { intervalMs: 30_000, retries: 3 };
/** How long a deploy may take beyond its jobs: beyond the longest of them, or the time that jobs get to finish. */
const DEPLOY_SLACK_MS = 10 * MINUTE;
/** A version that does not work is rolled back after three of its tasks have failed one after the other. */
const ROLLBACK_SLACK_MS = 10 * MINUTE;
const LONGEST_FINISH_MS = MAX_FINISH_SECONDS * 1000;
/** How long a task that knows of a newer version may still begin jobs: those of its last poll. */
const RETIRES_WITHIN_MS = MINUTE;
/** How much longer a deploy takes if tasks cannot see it. */
const UNSEEN_SLACK_MS = HOUR;
/** Time from the last job of an old task to the first job of a new task, which waits for its protection. */
const HANDOVER_MS = 20_000;
/** For this long after a task was lost, fewer tasks may be at work. */
const RECOVERY_MS = 5 * MINUTE;

export const good = (name: string): Version => ({ name, kind: 'good' });

export const runWorld = (settings: WorldSettings): Promise<WorldResult> => new World(settings).run();

class World {
  private readonly given: WorldSettings;
  private readonly clock = new WorldClock();
  private readonly random: Random;
  private readonly timeline: Timeline;
  private readonly violations: Violations;
  private readonly ledger: Ledger;
  private readonly faults: Faults;
  private readonly queue: SqsQueue;
  private readonly service: EcsService;
  private readonly stack: Stack;
  private readonly metrics = new Metrics();
  private readonly autoscaler: Autoscaler;
  private readonly watcher: Settings;
  private readonly containers = new Map<EcsTask, Container>();
  private next = 0;
  private pendingDeploys: number;
  private lessThanHalfSinceMs: number | undefined;
  private atWorkBefore: number | undefined;
  private mostTasks = 0;
  private agentCalls = 0;
  private refusedUpdates = 0;

  constructor(given: WorldSettings) {
    this.given = given;
    this.random = new Random(given.seed);
    const now = () => this.clock.now();
    const random = () => this.random.next();
    this.timeline = new Timeline(now, given.keepsTimeline ?? false);
    this.violations = new Violations(this.timeline, now);
    this.watcher = watcherSettings(given.watcher);
    this.ledger = new Ledger(given.planned, this.violations, now);
    this.faults = new Faults(given.faults ?? [], now, this.random);
    const { clock, ledger, timeline, violations, watcher } = this;
    const queue = {
      isFifo: watcher.isFifo,
      maxReceives: watcher.maxReceives,
      isAsleep: given.isAsleep && !this.isKeptAwake,
      isDoubled: () => this.faults.hits('doubled'),
    };
    this.queue = new SqsQueue({ settings: queue, clock, ledger, random });
    this.service = new EcsService(given.scaling.min, GOOD, {
      settings: this.serviceSettings(),
      clock,
      random,
      timeline,
      violations,
      makeContainer: (task) => this.makeContainer(task),
    });
    this.service.onChange = () => {
      this.checkAtWork();
    };
    this.stack = new Stack(GOOD, { clock, service: this.service, timeline });
    const { min, max } = given.scaling;
    const policy = given.policy ?? choosePolicy(given.scaling, watcher.concurrency);
    this.autoscaler = new Autoscaler({
      policy,
      bounds: { min, max, concurrency: watcher.concurrency },
      metrics: this.metrics,
    });
    this.pendingDeploys = given.deploys?.length ?? 0;
  }

  async run(): Promise<WorldResult> {
    this.plan();
    await this.clock.run(this.given.untilMs, {
      isOver: () => this.isOver(),
      afterEach: () => {
        if (!this.queue.isBalanced) this.violations.add('miscounted', 'see the model');
      },
    });
    // With no task desired, even a broken version deploys. What it leaves undone is not the watcher's fault.
    this.ledger.close({ canWork: this.service.newest.version.kind === 'good' });
    this.stack.updates.forEach((update) => {
      this.checkUpdate(update);
    });
    return this.result();
  }

  private get isKeptAwake(): boolean {
    const { awake, scaling } = this.given;
    return awake === undefined ? isKeptAwake({ queue: {}, scaling }) : awake !== false;
  }

  /**
   * Calls the queue on the schedule of the template, which began before the world. It has a random stream of its own:
   * the other numbers of the world are the same without the schedule.
   */
  private keepAwake(): void {
    const everyMs = AWAKE_EVERY_HOURS * HOUR;
    let calls = 0;
    const call = () => {
      calls += 1;
      if (this.given.awake !== 'with lost calls' || calls % 2 === 0) this.queue.tag();
      this.clock.quietly(everyMs, call);
    };
    this.clock.quietly(new Random(this.given.seed).next() * everyMs, call);
  }

  private isOver(): boolean {
    const { service, ledger } = this;
    return (
      ledger.areAllSettled &&
      this.pendingDeploys === 0 &&
      !this.stack.isBusy &&
      service.desired <= this.given.scaling.min &&
      service.tasks.size <= service.desired
    );
  }

  private plan(): void {
    const { clock, given, random } = this;
    this.sendNext();
    clock.quietly(random.next() * MINUTE, this.publishMetrics);
    clock.quietly(HEALTH.intervalMs, this.checkHealth);
    clock.quietly(MINUTE, this.countMinute);
    if (this.isKeptAwake) this.keepAwake();
    given.deploys?.forEach((deploy) => {
      clock.quietly(deploy.atMs, () => {
        this.deploy(deploy);
      });
    });
    given.strikes?.forEach((strike) => {
      clock.after(strike.atMs, () => {
        this.strike(strike);
      });
    });
  }

  private sendNext(): void {
    const { planned } = this.given;
    const first = planned[this.next];
    if (first === undefined) return;
    this.clock.quietly(Math.max(0, first.atMs - this.clock.now()), () => {
      for (let each = first; each.atMs <= this.clock.now(); each = planned[this.next]!) {
        this.queue.send(this.next, { group: each.group === undefined ? undefined : `g${each.group}` });
        this.next += 1;
        if (planned[this.next] === undefined) return;
      }
      this.sendNext();
    });
  }

  private readonly publishMetrics = () => {
    const values = this.queue.takeMetrics();
    this.clock.quietly(DEFAULT_WORLD.metricDelaySeconds * 1000, () => {
      this.metrics.tell(values);
      const { desired, running } = this.service;
      const changesFrom = this.given.changesFrom === 'running' ? running : desired;
      this.service.setDesired(
        this.autoscaler.decide(this.clock.now() / 1000, { desired, running, changesFrom }),
      );
    });
    this.clock.quietly(MINUTE, this.publishMetrics);
  };

  private readonly checkHealth = () => {
    if (!this.serviceSettings().hasHealthCheck) return;
    this.containers.forEach((container) => {
      container.check();
    });
    this.clock.quietly(HEALTH.intervalMs, this.checkHealth);
  };

  private readonly countMinute = () => {
    this.containers.forEach((container, task) => {
      container.countMinute();
      if (!container.isEnded) return;
      this.agentCalls += container.agentCalls;
      this.containers.delete(task);
    });
    this.clock.quietly(MINUTE, this.countMinute);
  };

  private deploy({ version, how }: Deploy): void {
    this.pendingDeploys -= 1;
    if (how === 'force') {
      try {
        this.service.update(this.service.newest.version, { isForced: true });
      } catch (error) {
        this.refusedUpdates += 1;
        this.timeline.add(() => (error as Error).message);
      }
      return;
    }
    const atWork = this.countAtWork();
    const update = this.stack.deploy(version);
    if (update === undefined) return;
    this.atWorkBefore = atWork;
    const boundMs = this.deployBoundMs() + (version.kind === 'good' ? 0 : ROLLBACK_SLACK_MS);
    this.clock.quietly(boundMs, () => {
      if (update.endedAtMs === undefined && !this.isDisturbed(update) && !this.isUnseenAndLong) {
        const { service } = this;
        const older = service.alive.filter(({ deployment }) => deployment !== service.newest).length;
        this.violations.add(
          'deployTooLong',
          `${version.name} after ${Math.round(boundMs / MINUTE)} min: ${older} old tasks of ${service.alive.length}`,
        );
      }
    });
  }

  private deployBoundMs(): number {
    const { deployBoundMs, planned, faults = [] } = this.given;
    const longestMs = planned.reduce((most, { durationMs }) => Math.max(most, durationMs), 0);
    const fullMs = faults.reduce(
      (sum, { kind, fromMs, toMs }) => sum + (kind === 'noCapacity' ? toMs - fromMs : 0),
      0,
    );
    const unseenMs = this.isUnseen ? UNSEEN_SLACK_MS : 0;
    // Old tasks go on beginning jobs until new tasks have room, and for that other jobs may have to finish first.
    return (
      (deployBoundMs ?? Math.min(2 * longestMs, LONGEST_FINISH_MS) + DEPLOY_SLACK_MS + unseenMs) + fullMs
    );
  }

  /** Whether some tasks cannot see deploys. Such tasks give up their protection now and then. */
  private get isUnseen(): boolean {
    const { canAskEcs = true, faults = [] } = this.given;
    return !canAskEcs || faults.some(({ kind }) => kind === 'ecsDown');
  }

  /**
   * Whether the deploy has a reason to fail or not to end: its tasks were killed, or the service was deployed again.
   */
  private isDisturbed({ startedAtMs, failedAtMs }: StackUpdate): boolean {
    const { strikes = [], deploys = [] } = this.given;
    const untilMs = failedAtMs ?? this.clock.now();
    const isWithin = ({ atMs }: { atMs: number }) => atMs >= startedAtMs && atMs <= untilMs;
    return (
      Boolean(this.given.spotPerHour) ||
      strikes.some(isWithin) ||
      deploys.some((each) => each.how === 'force' && isWithin(each)) ||
      this.faults.wereSince(startedAtMs, ['noWorkers'])
    );
  }

  /** Whether a job of hours cannot be told that its time to finish is over. */
  private get isUnseenAndLong(): boolean {
    const { planned, faults = [] } = this.given;
    // A task that cannot reach its agent either cannot give up its protection.
    const isCutOff = faults.some(({ kind }) => kind === 'agentDown');
    return this.isUnseen && (isCutOff || planned.some(({ durationMs }) => durationMs > 2 * HOUR));
  }

  private checkUpdate(update: StackUpdate): void {
    const { version, state, reason, failedAtMs, startedAtMs } = update;
    if (version.kind !== 'good' || failedAtMs === undefined) return;
    if (this.isDisturbed(update) || this.isUnseenAndLong) return;
    this.violations.add(
      'rolledBack',
      `${version.name} after ${Math.round((failedAtMs - startedAtMs) / MINUTE)} min: ${reason}: ${state}`,
    );
  }

  private strike({ kind, tasks, forMs = 0 }: Strike): void {
    const running = this.service.alive.filter(({ state }) => state === 'RUNNING');
    for (let count = 0; count < tasks && running.length > 0; count += 1) {
      const [task] = running.splice(this.random.below(running.length), 1);
      const container = this.containers.get(task!)!;
      this.timeline.add(() => `strike: ${kind} of ${task!.name}`);
      if (kind === 'kill') container.kill();
      else if (kind === 'freeze') container.freeze(forMs);
      else this.service.stop(task!, kind);
    }
  }

  private makeContainer(task: EcsTask): Container {
    const { clock: world, given, random } = this;
    const container = new Container(task, {
      world,
      queue: this.queue,
      service: this.service,
      ledger: this.ledger,
      faults: this.faults,
      violations: this.violations,
      timeline: this.timeline,
      random,
      settings: this.watcher,
      canAskEcs: given.canAskEcs ?? true,
      latencyMs: () => 4 + random.next() * 8,
      health: HEALTH,
      onBegin: () => {
        if (this.mustRetire(task)) this.violations.add('notRetired', task.name);
      },
    });
    this.containers.set(task, container);
    this.mostTasks = Math.max(this.mostTasks, this.service.running);
    if (given.spotPerHour)
      world.after((random.exponential(given.spotPerHour / 3_600) + 1) * 1000, () => {
        if (task.state === 'RUNNING') this.service.stop(task, 'spot');
      });
    return container;
  }

  /**
   * Whether the newest version has run for so long that every older task knows of it and has begun its last poll's
   * jobs.
   */
  private mustRetire({ deployment }: EcsTask): boolean {
    const { newest, replacedSinceMs } = this.service;
    if (this.isUnseen || deployment === newest || replacedSinceMs === undefined) return false;
    // With many tasks each one looks less often: together they ask ECS ten times a second.
    const looksMs = 2 * lookPeriodMs(this.service.tasks.size);
    return this.clock.now() - replacedSinceMs > looksMs + RETIRES_WITHIN_MS;
  }

  private countAtWork(): number {
    let count = 0;
    this.containers.forEach(({ isAtWork }) => (count += isAtWork ? 1 : 0));
    return count;
  }

  /** Checks that at least half of the tasks work during a deploy, whether it succeeds or fails. */
  private checkAtWork(): void {
    if (!this.stack.isBusy || this.atWorkBefore === undefined) return;
    const nowMs = this.clock.now();
    if (
      nowMs - this.service.lostAtMs < RECOVERY_MS ||
      this.faults.wereSince(nowMs - RECOVERY_MS, ['noCapacity'])
    )
      return;
    const atWork = this.countAtWork();
    // Tasks that were desired a moment ago have not started yet, and ECS may have stopped tasks by an earlier count.
    const before = Math.min(this.atWorkBefore, this.service.leastDesiredSince(nowMs - RECOVERY_MS));
    const isLess = atWork < Math.floor(before / 2);
    if (!isLess) this.lessThanHalfSinceMs = undefined;
    else if (nowMs - (this.lessThanHalfSinceMs ??= nowMs) > HANDOVER_MS)
      this.violations.add('tooFewAtWork', `${atWork} at work of ${before}`);
  }

  private serviceSettings(): ServiceSettings {
    const { random } = this;
    const { provisionSeconds, startSeconds } = DEFAULT_WORLD;
    return {
      rolling: { minimumHealthyPercent: 50, maximumPercent: 200 },
      stopTimeoutSeconds: this.watcher.stopTimeoutSeconds,
      hasHealthCheck: true,
      provisionMs: () => provisionSeconds * 1000 * (0.7 + 0.6 * random.next()),
      pullMs: () => startSeconds * 1000 * (0.7 + 0.6 * random.next()),
      hasCapacity: () => this.faults.active('noCapacity') === undefined,
      circuitBreaker: true,
      takesUpActive: false,
      ...this.given.service,
    };
  }

  private result(): WorldResult {
    const { ledger, service, clock } = this;
    const inSeconds = (ms: number) => Math.round(ms / 100) / 10;
    const nowMs = clock.now();
    const restMs = [...service.tasks].reduce((sum, task) => sum + Math.max(0, nowMs - task.billedFromMs), 0);
    const agentCalls = [...this.containers.values()].reduce(
      (sum, each) => sum + each.agentCalls,
      this.agentCalls,
    );
    return {
      name: this.given.name,
      messages: ledger.sent,
      done: ledger.done,
      dead: ledger.dead,
      begins: ledger.begins,
      repeats: ledger.repeats,
      violations: this.violations.found,
      updates: this.stack.updates,
      launches: service.launches,
      mostTasks: this.mostTasks,
      taskHours: (service.billedMs + restMs) / HOUR,
      wastedHours: ledger.wastedMs / HOUR,
      wastedHoursBy: mapValues(ledger.wastedMsBy, (milliseconds = 0) => milliseconds / HOUR),
      blocked: service.blocked,
      refusedUpdates: this.refusedUpdates,
      sqsCalls: this.queue.calls,
      emptyReceives: this.queue.emptyReceives,
      agentCalls,
      ecsCalls: service.apiCalls.describeServices + service.apiCalls.describeTasks,
      waitSeconds: mapValues(quantiles(ledger.waitsMs), inSeconds),
      heldMs: quantiles(ledger.heldMs),
      receivedInVain: this.queue.receives - ledger.begins,
      endedAtMs: nowMs,
      events: clock.events,
      timeline: this.timeline.lines,
    };
  }
}

function quantiles(ofMs: readonly number[]) {
  const sorted = Float64Array.from(ofMs).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** The watcher's settings with the configuration's defaults, as the template passes them. */
function watcherSettings(given: Partial<Settings> = {}): Settings {
  return {
    queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/world',
    isFifo: false,
    isStructured: false,
    isAsWatchbot: false,
    concurrency: 1,
    visibilityTimeoutSeconds: 180,
    maxJobDurationSeconds: 0,
    stopTimeoutSeconds: 120,
    stopNoticeSeconds: 15,
    finishSeconds: MAX_FINISH_SECONDS,
    hasStandardInput: false,
    volumes: [],
    isFreshContainerPerJob: false,
    agentUri: 'http://169.254.170.2',
    healthSocket: '@watchbot',
    maxReceives: 10,
    ...given,
  };
}
