import { parseObject } from '../../contract/log-lines';
import type { Cancel, Clock } from '../clock';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/describe-error';

/** Keeps ECS from ending this task by scale-in while it is busy. */
export interface Protection {
  busy(): void;
  idle(): void;
  stop(): void;
}

/** Outside ECS there is nothing to be protected from. */
export const noProtection: Protection = {
  busy: () => undefined,
  idle: () => undefined,
  stop: () => undefined,
};

/**
 * Protection lasts this long and is renewed at half of it, so that a task that hangs is not protected for ever.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
const EXPIRES_MINUTES = 30;
const RENEW_MS = (EXPIRES_MINUTES * 60_000) / 2;

/** Short jobs one after the other leave it on: the agent's endpoint is rate-limited. */
const IDLE_BEFORE_OFF_MS = 10_000;

/** After a failure: a busy task must not be without protection until the next renewal. */
const RETRY_MS = 10_000;

export type PutProtection = (body: {
  ProtectionEnabled: boolean;
  ExpiresInMinutes?: number;
}) => Promise<void>;

/** On while workers run. A failure never stops work; it is logged once, when it begins. */
export class TaskProtection implements Protection {
  private readonly put: PutProtection;
  private readonly clock: Clock;
  private readonly log: Logger;
  private cancelRenewal: Cancel | undefined;
  private cancelOff: Cancel | undefined;
  private cancelRetry: Cancel | undefined;
  private isFailing = false;
  /** One call after the other, so that the last word is the last to arrive. */
  private last: Promise<void> = Promise.resolve();

  constructor({ put, clock, log }: { put: PutProtection; clock: Clock; log: Logger }) {
    this.put = put;
    this.clock = clock;
    this.log = log;
  }

  busy(): void {
    this.cancelOff?.();
    this.cancelOff = undefined;
    if (this.cancelRenewal !== undefined) return;
    this.set(true);
    this.cancelRenewal = this.clock.every(RENEW_MS, () => {
      this.set(true);
    });
  }

  idle(): void {
    this.cancelOff ??= this.clock.after(IDLE_BEFORE_OFF_MS, () => {
      this.stop();
      this.set(false);
    });
  }

  stop(): void {
    this.cancelOff?.();
    this.cancelRenewal?.();
    this.cancelRetry?.();
    this.cancelOff = undefined;
    this.cancelRenewal = undefined;
  }

  private set(isEnabled: boolean): void {
    this.cancelRetry?.();
    this.last = this.last.then(() => this.send(isEnabled));
  }

  private async send(isEnabled: boolean): Promise<void> {
    try {
      await this.put({
        ProtectionEnabled: isEnabled,
        ...(isEnabled ? { ExpiresInMinutes: EXPIRES_MINUTES } : {}),
      });
      if (this.isFailing) this.log.info('task scale-in protection can be set again');
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing)
        this.log.warn(`task scale-in protection could not be set: ${describeError(error)}`);
      this.isFailing = true;
      this.cancelRetry?.();
      this.cancelRetry = this.clock.after(RETRY_MS, () => {
        this.set(isEnabled);
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
    const isRefused = parseObject(text)?.failure !== undefined;
    if (!response.ok || isRefused)
      throw new Error(`the ECS agent answers ${response.status}: ${text.slice(0, 300)}`);
  };
}

/** @param put undefined outside ECS */
export function createProtection(
  put: PutProtection | undefined,
  parts: Omit<ConstructorParameters<typeof TaskProtection>[0], 'put'>,
): Protection {
  return put === undefined ? noProtection : new TaskProtection({ put, ...parts });
}
