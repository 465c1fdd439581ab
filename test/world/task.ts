import type { Random } from '../../src/features/simulate/load';
import { createCommandWorkers, type RunningJob } from '../../src/watcher/worker/command-workers';
import type { Liveness } from '../../src/watcher/health/health';
import type { Logger } from '../../src/watcher/log';
import type { Job } from '../../src/watcher/job/job';
import { decide, triedOf } from '../../src/watcher/settle/decide';
import type { Machine } from '../../src/watcher/worker/machine';
import { limitTime } from '../../src/watcher/worker/workers';
import type { Settings } from '../../src/watcher/settings';
import { AwsError } from '../../src/aws-json/client';
import { type CallEcs, createLookAtService } from '../../src/watcher/task/ecs';
import { ProtectionRefusal } from '../../src/watcher/task/protection';
import { watchQueue } from '../../src/watcher/watch-queue';
import type { StopReason, WorkerEnd } from '../../src/watcher/worker/run-worker';
import { ProcessClock, type WorldClock } from './clock';
import { idOfDeployment, type ContainerOfTask, type EcsService, type EcsTask } from './ecs';
import { SQS_FAULTS, type FaultKind, type Faults } from './faults';
import type { Violations } from './invariants';
import type { Holder, Ledger } from './ledger';
import type { SqsQueue } from './sqs';
import type { Timeline } from './timeline';
import { createWire } from './wire';

export interface TaskDependencies {
  world: WorldClock;
  queue: SqsQueue;
  service: EcsService;
  ledger: Ledger;
  faults: Faults;
  violations: Violations;
  timeline: Timeline;
  random: Random;
  settings: Settings;
  latencyMs: () => number;
  canAskEcs: boolean;
  health: { intervalMs: number; retries: number };
  /** Called when a job begins. */
  onBegin: () => void;
}

/** How long a worker that obeys takes to end after SIGTERM. */
const WORKER_ENDS_MS = 200;
/** Time from the start of the container until the watcher polls. */
const WATCHER_STARTS_MS = 700;
/** How long a task of a version that crashes runs. */
const CRASH_MS = 1_000;
/** How long a call of the agent takes, there and back. */
const AGENT_MS = 60;
const AGENT_TIMEOUT_MS = 5_000;
/** How long a call of the API of ECS takes, there and back. */
const ECS_MS = 100;
/** For so long after a task was lost, its replacement may be one protected task too many. */
const REPLACED_WITHIN_MS = 5 * 60_000;
const ECS_TIMEOUT_MS = 10_000;

/** Calls of SQS that a task may make in a minute apart from those for its messages: polls, retries, heartbeats. */
const MOST_CALLS = 60;
const CALLS_A_MESSAGE = 3;
const CALLS_IN_TROUBLE = 10;
/** Protection may be taken and given up once in ten seconds. */
const MOST_AGENT_CALLS = 12;
/** Two looks at the service in a minute, and the calls that find the service. */
const MOST_ECS_CALLS = 4;

/** The inside of a task: the real watcher, with models of its workers, its connection to SQS, and its agent. */
export class Container implements ContainerOfTask, Holder {
  readonly name: string;
  calls = 0;
  agentCalls = 0;
  /** Running jobs. A message whose visibility timeout expired can have two. */
  readonly jobs = new Set<{ number: number; beganMs: number }>();
  frozenUntilMs = -Infinity;
  isEnded = false;
  readonly interruptedAtMs: number[] = [];
  private readonly deps: TaskDependencies;
  private readonly task: EcsTask;
  private readonly clock: ProcessClock;
  private readonly signals = new Map<string, () => void>();
  private liveness: Pick<Liveness, 'problem' | 'isAt'> | undefined;
  private failedChecks = 0;
  private minute = { calls: 0, agentCalls: 0, ecsCalls: 0, messages: 0 };

  constructor(task: EcsTask, deps: TaskDependencies) {
    this.task = task;
    this.name = task.name;
    this.deps = deps;
    this.clock = new ProcessClock(deps.world);
  }

  get stopCause() {
    return this.task.stopCause;
  }

  get hasAgent(): boolean {
    return !this.deps.faults.hasHitTask('agentDown', this.task.id);
  }

  get canAskEcs(): boolean {
    const { faults, canAskEcs } = this.deps;
    return canAskEcs && !faults.wereSince(-Infinity, ['ecsDown']);
  }

  /** A fault of SQS explains what a task does until the visibility timeout after the fault is over. */
  get isTroubled(): boolean {
    const { faults, settings, world } = this.deps;
    const sinceMs = world.now() - settings.visibilityTimeoutSeconds * 1000 - 60_000;
    return this.isEnded || this.frozenUntilMs >= sinceMs || faults.wereSince(sinceMs, SQS_FAULTS);
  }

  /** Whether the task takes messages, or has jobs. */
  get isAtWork(): boolean {
    if (this.isEnded || this.task.state !== 'RUNNING') return false;
    return this.liveness?.isAt('retired') !== true || this.jobs.size > 0;
  }

  start(): void {
    const { kind } = this.task.deployment.version;
    if (kind === 'crashes') {
      this.clock.after(CRASH_MS, () => {
        this.exit();
      });
      return;
    }
    this.clock.after(WATCHER_STARTS_MS, () => {
      void this.watch();
    });
  }

  terminate(): void {
    this.clock.run(() => {
      // Before the watcher listens for it, the signal ends the process.
      const heard = this.signals.get('SIGTERM');
      if (heard === undefined) this.exit();
      else heard();
    });
  }

  kill(): void {
    this.interruptedAtMs.push(this.deps.world.now());
    this.exit();
  }

  freeze(milliseconds: number): void {
    this.interruptedAtMs.push(this.deps.world.now());
    this.frozenUntilMs = this.deps.world.now() + milliseconds;
    this.clock.freeze(milliseconds);
  }

  /** Runs the container's health check. A frozen watcher does not answer it. */
  check(): void {
    if (this.isEnded || this.task.state !== 'RUNNING') return;
    const isWell = this.isWell();
    this.failedChecks = isWell ? 0 : this.failedChecks + 1;
    if (isWell) this.deps.service.judged(this.task, true);
    else if (this.failedChecks >= this.deps.health.retries) this.deps.service.judged(this.task, false);
  }

  /** Checks, once a minute, that the task has not made more calls than its work explains. */
  countMinute(): void {
    const { calls, agentCalls, ecsCalls, messages } = this.minute;
    this.minute = { calls: 0, agentCalls: 0, ecsCalls: 0, messages: 0 };
    const { violations, settings } = this.deps;
    // A failed call is retried for each message, after waits that grow.
    const aMessage = this.isTroubled ? CALLS_IN_TROUBLE : CALLS_A_MESSAGE;
    const most = MOST_CALLS + aMessage * (messages + settings.concurrency);
    if (calls > most)
      violations.add('tooManyCalls', `${this.name}: ${calls} calls of SQS for ${messages} messages`);
    if (ecsCalls > MOST_ECS_CALLS) violations.add('tooManyCalls', `${this.name}: ${ecsCalls} of ECS`);
    if (agentCalls > MOST_AGENT_CALLS)
      violations.add('tooManyCalls', `${this.name}: ${agentCalls} of its agent`);
  }

  private isWell(): boolean {
    if (this.task.deployment.version.kind === 'unhealthy' || this.clock.isFrozen) return false;
    return this.liveness !== undefined && this.liveness.problem() === undefined;
  }

  private async watch(): Promise<void> {
    const { deps, clock } = this;
    const { settings, random } = deps;
    await watchQueue({
      settings,
      handler: undefined,
      client: createWire({ ...deps, holder: this, clock, onCall: this.countCall }),
      putProtection: (body) => this.protect(body.ProtectionEnabled ? body.ExpiresInMinutes : undefined),
      lookAtService: this.deps.canAskEcs ? createLookAtService(this.callEcs, this.findTask) : undefined,
      process: { on: (event, call) => void this.signals.set(event, call) },
      makeWorkers: ({ machine }) => Promise.resolve(this.makeWorkers(machine)),
      onLiveness: (liveness) => {
        this.liveness = liveness;
      },
      end: () => {
        this.kill();
      },
      clock,
      timeOfDay: clock,
      random: () => random.next(),
      log: this.logger(),
    });
    this.exit();
  }

  private readonly countCall = () => {
    this.calls += 1;
    this.minute.calls += 1;
  };

  private makeWorkers(machine: Machine) {
    const workers = createCommandWorkers({
      ...this.deps.settings,
      runJob: (job) => this.runJob(job, machine),
      close: () => Promise.resolve(),
    });
    return { workers, onIdle: () => Promise.resolve() };
  }

  private runJob(job: Job, machine: Machine): RunningJob {
    const { ledger, faults, settings } = this.deps;
    const number = Number(job.body);
    this.minute.messages += 1;
    const cannotStart = faults.hitsTask('noWorkers', this.task.id);
    this.deps.timeline.add(
      () => `${this.name} | ${job.messageId} has message ${number}, receive ${job.receives}`,
    );
    const worker = cannotStart ? notStarted() : this.startWorker(number);
    const startedAtMs = this.clock.now();
    ledger.heldMs.push(startedAtMs - job.receivedAtMs);
    const limit = limitTime(worker, job.receivedAtMs, { ...settings, clock: this.clock });
    const settled = worker.ended.then((end) => {
      limit.cancel();
      const tried = triedOf(job, this.clock.now());
      const decision = machine.judge(job, end, tried) ?? decide(end, tried);
      const stopped = end.kind === 'exited' ? end.stopped : undefined;
      this.deps.timeline.add(
        () =>
          `${this.name} | ${job.messageId} ${decision.result}: ${decision.reason}, ${decision.settlement.action}`,
      );
      if (worker.begun !== undefined && this.jobs.delete(worker.begun))
        ledger.end(number, this, { decision, stopped, ranMs: this.clock.now() - startedAtMs });
      if (worker.begun === undefined) ledger.excuse(number, decision.reason);
      return decision.settlement;
    });
    return { settled, stop: worker.stop, kill: worker.kill, abandon: worker.kill };
  }

  /** Starts a model of a worker process, which does what is planned for the message. */
  private startWorker(number: number) {
    const { ledger } = this.deps;
    const planned = ledger.planned(number);
    const code = ledger.begin(number, this);
    this.deps.onBegin();
    const begun = { number, beganMs: this.clock.now() };
    this.jobs.add(begun);
    let resolve: (end: WorkerEnd) => void;
    const ended = new Promise<WorkerEnd>((settle) => (resolve = settle));
    let stopped: StopReason | undefined;
    const end = (exit: number | null, signal: NodeJS.Signals | null) => {
      cancel();
      resolve({ kind: 'exited', code: exit, signal, stopped });
    };
    const cancel = this.clock.after(planned.durationMs, () => {
      end(code, null);
    });
    const kill = () => {
      this.clock.after(WORKER_ENDS_MS / 10, () => {
        end(null, 'SIGKILL');
      });
    };
    const stop = (reason: StopReason, graceMs: number) => {
      if (stopped !== undefined) return;
      stopped = reason;
      this.clock.after(planned.obeys ? Math.min(WORKER_ENDS_MS, graceMs) : graceMs, () => {
        end(planned.obeys ? 143 : null, planned.obeys ? null : 'SIGKILL');
      });
    };
    return { begun, ended, stop, kill };
  }

  /** Stands in for the ECS agent: takes or gives up the task's protection. */
  private protect(minutes: number | undefined): Promise<void> {
    this.agentCalls += 1;
    this.minute.agentCalls += 1;
    const wayMs = this.deps.faults.active('agentSlow') ? AGENT_TIMEOUT_MS / 4 : AGENT_MS / 2;
    const agent = {
      fault: 'agentDown',
      timeoutMs: AGENT_TIMEOUT_MS,
      away: 'ECONNREFUSED 169.254.170.2:80',
    } as const;
    return this.ask({ ...agent, wayMs }, () => {
      const reason = this.isEnded ? undefined : this.deps.service.protect(this.task, minutes);
      if (reason === 'DEPLOYMENT_BLOCKED') this.checkRefusal();
      return reason === undefined
        ? undefined
        : new ProtectionRefusal(reason, `the ECS agent answers 200: {"failure":{"Reason":"${reason}"}}`);
    });
  }

  private checkRefusal(): void {
    const { service, world, violations } = this.deps;
    const isDeploying = service.newest.state !== 'COMPLETED';
    // A task that is being replaced is still protected.
    const isReplacing = world.now() - service.lostAtMs < REPLACED_WITHIN_MS;
    if (this.jobs.size > 0 && !isDeploying && !isReplacing)
      violations.add(
        'protectionRefused',
        `${this.name}, with ${this.jobs.size} jobs at work and ${service.desired} tasks desired`,
      );
  }

  private readonly findTask = () => Promise.resolve({ cluster: 'world', arn: this.name });

  /** Stands in for the client of ECS. */
  private readonly callEcs: CallEcs = (name) => {
    const { service } = this.deps;
    this.minute.ecsCalls += 1;
    const ecs = {
      fault: 'ecsDown',
      timeoutMs: ECS_TIMEOUT_MS,
      away: 'ETIMEDOUT',
      wayMs: ECS_MS / 2,
    } as const;
    return this.ask(ecs, () => {
      if (!service.allows(name === 'DescribeTasks' ? 'describeTasks' : 'describeServices'))
        return new AwsError(400, '{"__type":"ThrottlingException","message":"Rate exceeded"}');
      const startedBy = idOfDeployment(this.task.deployment);
      return name === 'DescribeTasks'
        ? { tasks: [{ group: 'service:world', startedBy }] }
        : { services: [service.describe()] };
    });
  };

  /** Calls a service over the network: `answer` runs when the request arrives. During `fault` the call times out. */
  private ask<Answer>(
    of: { fault: FaultKind; timeoutMs: number; away: string; wayMs: number },
    answer: () => Answer | Error,
  ): Promise<Exclude<Answer, Error>> {
    const { faults, world } = this.deps;
    return new Promise((resolve, reject) => {
      if (faults.hitsTask(of.fault, this.task.id)) {
        this.clock.after(of.timeoutMs, () => {
          reject(new Error(`connect ${of.away}`));
        });
        return;
      }
      world.after(of.wayMs, () => {
        const reply = answer();
        this.clock.after(of.wayMs, () => {
          if (reply instanceof Error) reject(reply);
          else resolve(reply as Exclude<Answer, Error>);
        });
      });
    });
  }

  private exit(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.clock.end();
    const nowMs = this.deps.world.now();
    this.task.stopCause ??= 'gone';
    this.jobs.forEach(({ number, beganMs }) => {
      this.deps.ledger.die(number, this, nowMs - beganMs);
    });
    this.jobs.clear();
    this.deps.timeline.add(() => `${this.name} has ended`);
    this.deps.service.exited(this.task);
  }

  private logger(): Logger {
    const { timeline } = this.deps;
    const add = (text: string, messageId?: string) => {
      timeline.add(() => `${this.name} | ${messageId === undefined ? '' : `${messageId} `}${text}`);
    };
    return {
      info: add,
      warn: add,
      error: add,
      outcome: ({ result, reason }, messageId) => {
        add(`${result}: ${reason}`, messageId);
      },
      content: () => undefined,
      worker: () => undefined,
    };
  }
}

/** The end of a worker for which the machine has no process left. */
function notStarted() {
  const end: WorkerEnd = { kind: 'not-started', reason: 'spawn EAGAIN', code: 'EAGAIN' };
  return { begun: undefined, ended: Promise.resolve(end), stop: () => undefined, kill: () => undefined };
}
