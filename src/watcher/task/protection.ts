import { parseObject } from '../../shared/json';
import type { Cancel, Clock } from '../../shared/clock';
import { describeError, type Logger } from '../log';
import { MAX_HOLD_SECONDS } from '../queue/queue';

/** Keeps ECS from stopping this task while it is busy. */
export interface Protection {
  /** A message is in hand. @returns what a job must wait for: ECS's answer, whatever it is; undefined: nothing */
  busy(): Promise<void> | undefined;
  /** Asks ECS again, now. Resolves when ECS has answered. */
  again(): Promise<void>;
  /** Ends the protection if no message comes for some seconds. */
  idle(): void;
  /** Ends the protection now. */
  release(): void;
  stop(): void;
  /** Whether ECS has been asked for protection, granted or not. */
  readonly isOn: boolean;
  /** Whether ECS may have granted it, and has not ended it yet. */
  readonly mayBeHeld: boolean;
  /** Whether ECS's last answer was a refusal: as many tasks are protected as are desired. */
  readonly isBlocked: boolean;
}

/** For short jobs: the agent's endpoint is rate-limited, so it is not asked for each of them. */
const FEWEST_MINUTES = 30;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
const MOST_MINUTES = 2_880;

/**
 * How many minutes of protection are asked for: twice what a job may take. It is renewed before the first job that begins
 * after half of that time, so each job is protected to its end by what was asked before it began. A renewal in the middle
 * could be refused: ECS does so if more tasks are protected than are desired. A task that hangs is replaced by its health
 * check, protected or not.
 */
export function protectionMinutes(maxJobDurationSeconds: number): number {
  const longestSeconds = maxJobDurationSeconds === 0 ? MAX_HOLD_SECONDS : maxJobDurationSeconds;
  return Math.min(MOST_MINUTES, Math.max(FEWEST_MINUTES, Math.ceil((2 * longestSeconds) / 60)));
}

/** Between short jobs protection stays on: the agent's endpoint is rate-limited. */
const IDLE_BEFORE_OFF_MS = 10_000;

/** The wait after a failure: a busy task must not be unprotected until the next renewal. */
const RETRY_MS = 10_000;
/** ECS will refuse it until fewer tasks are protected, or more are desired. */
const RETRY_BLOCKED_MS = 60_000;

/** A refusal of ECS, which the agent passes on. */
export class ProtectionRefusal extends Error {
  override readonly name = 'ProtectionRefusal';
  /** `DEPLOYMENT_BLOCKED`: more tasks would be protected than are desired. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

const isBlocked = (error: unknown) =>
  error instanceof ProtectionRefusal && error.reason === 'DEPLOYMENT_BLOCKED';

export type PutProtection = (body: {
  ProtectionEnabled: boolean;
  ExpiresInMinutes?: number;
}) => Promise<void>;

/** The protection is on while workers run. A failure never stops work. It is logged once, when failures begin. */
export class TaskProtection implements Protection {
  private readonly put: PutProtection;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly minutes: number;
  /** When the protection was asked for last; undefined while it is off. */
  private askedAtMs: number | undefined;
  private cancelOff: Cancel | undefined;
  private cancelRetry: Cancel | undefined;
  isBlocked = false;
  mayBeHeld = false;
  private isFailing = false;
  /** The last call. Calls are made one after the other, so that the last one arrives last. */
  private last: Promise<void> = Promise.resolve();
  /** How many requests there have been: only the last one is retried if it fails. */
  private words = 0;

  constructor(options: {
    put: PutProtection;
    /** 0: no limit but SQS's. */
    maxJobDurationSeconds: number;
    clock: Clock;
    log: Logger;
  }) {
    this.put = options.put;
    this.clock = options.clock;
    this.log = options.log;
    this.minutes = protectionMinutes(options.maxJobDurationSeconds);
  }

  busy(): Promise<void> | undefined {
    this.cancelOff?.();
    this.cancelOff = undefined;
    // After a refusal the next message asks again, but not each of many messages.
    const holdsMs = this.isBlocked ? RETRY_MS : (this.minutes * 60_000) / 2;
    if (this.askedAtMs !== undefined && this.clock.now() - this.askedAtMs < holdsMs) return undefined;
    return this.again();
  }

  again(): Promise<void> {
    this.askedAtMs = this.clock.now();
    return this.set(true);
  }

  idle(): void {
    this.cancelOff ??= this.clock.after(IDLE_BEFORE_OFF_MS, () => {
      this.release();
    });
  }

  release(): void {
    if (!this.isOn) return;
    this.stop();
    void this.set(false);
  }

  stop(): void {
    this.words += 1;
    this.cancelOff?.();
    this.cancelRetry?.();
    this.cancelOff = undefined;
    this.askedAtMs = undefined;
    this.isBlocked = false;
  }

  get isOn(): boolean {
    return this.askedAtMs !== undefined;
  }

  private set(isEnabled: boolean): Promise<void> {
    this.cancelRetry?.();
    const word = (this.words += 1);
    return (this.last = this.last.then(() => this.send(isEnabled, word)));
  }

  private async send(isEnabled: boolean, word: number): Promise<void> {
    const wasHeld = this.mayBeHeld;
    this.mayBeHeld ||= isEnabled;
    try {
      await this.put({
        ProtectionEnabled: isEnabled,
        ...(isEnabled ? { ExpiresInMinutes: this.minutes } : {}),
      });
      if (this.isFailing) this.log.info('task scale-in protection can be set again');
      this.isFailing = false;
      this.isBlocked = false;
      this.mayBeHeld = isEnabled;
    } catch (error) {
      if (!this.isFailing)
        this.log.warn(`task scale-in protection could not be set: ${describeError(error)}`);
      this.isFailing = true;
      if (error instanceof ProtectionRefusal) this.mayBeHeld = wasHeld;
      if (word !== this.words) return;
      this.isBlocked = isEnabled && isBlocked(error);
      this.cancelRetry = this.clock.after(isBlocked(error) ? RETRY_BLOCKED_MS : RETRY_MS, () => {
        void this.set(isEnabled);
      });
    }
  }
}

/** The agent answers at once, or not at all. */
const AGENT_TIMEOUT_MS = 5_000;

/** The ECS agent's endpoint for the task's own protection. */
export function agentProtection(agentUri: string): PutProtection {
  return async (body) => {
    const response = await fetch(`${agentUri}/task-protection/v1/state`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(AGENT_TIMEOUT_MS),
    });
    const text = await response.text();
    // What ECS itself refuses comes with 200.
    const failure = parseObject(text)?.failure;
    if (response.ok && failure === undefined) return;
    const message = `the ECS agent answers ${response.status}: ${text.slice(0, 300)}`;
    throw new ProtectionRefusal(String((failure as { Reason?: unknown } | undefined)?.Reason), message);
  };
}
