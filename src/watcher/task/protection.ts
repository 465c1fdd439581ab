import type { Cancel, Clock } from '../clock';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/poll';

/** Keeps ECS from ending this task by scale-in while it is busy. */
export interface Protection {
  busy(): void;
  idle(): void;
  stop(): void;
}

/**
 * Protection lasts this long and is renewed at half of it, so that a task that hangs is not protected for ever.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
const EXPIRES_MINUTES = 30;
const RENEW_MS = (EXPIRES_MINUTES * 60_000) / 2;

/** Short jobs one after the other leave it on: the agent's endpoint is rate-limited. */
const IDLE_BEFORE_OFF_MS = 10_000;

export type PutProtection = (body: {
  ProtectionEnabled: boolean;
  ExpiresInMinutes?: number;
}) => Promise<void>;

/** @param put undefined outside ECS: then nothing is done. A failure never stops work; it is logged once a change. */
export function createProtection(put: PutProtection | undefined, clock: Clock, log: Logger): Protection {
  let isOn = false;
  let isFailing = false;
  let cancelRenewal: Cancel | undefined;
  let cancelOff: Cancel | undefined;
  if (put === undefined) return { busy: () => undefined, idle: () => undefined, stop: () => undefined };

  const send = async (isEnabled: boolean) => {
    try {
      await put(
        isEnabled
          ? { ProtectionEnabled: true, ExpiresInMinutes: EXPIRES_MINUTES }
          : { ProtectionEnabled: false },
      );
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn(`task scale-in protection could not be set: ${describeError(error)}`);
      isFailing = true;
    }
  };
  // One after the other, so that the last word is the last to arrive.
  let last: Promise<void> = Promise.resolve();
  const set = (isEnabled: boolean) => {
    isOn = isEnabled;
    last = last.then(() => send(isEnabled));
  };

  return {
    busy: () => {
      cancelOff?.();
      cancelOff = undefined;
      if (isOn) return;
      set(true);
      cancelRenewal = clock.every(RENEW_MS, () => set(true));
    },
    idle: () => {
      cancelOff ??= clock.after(IDLE_BEFORE_OFF_MS, () => {
        cancelOff = undefined;
        cancelRenewal?.();
        set(false);
      });
    },
    stop: () => {
      cancelOff?.();
      cancelRenewal?.();
    },
  };
}

/** The ECS agent's endpoint for the task's own protection. */
export function agentProtection(agentUri: string): PutProtection {
  return async (body) => {
    const response = await fetch(`${agentUri}/task-protection/v1/state`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the ECS agent answers ${response.status}: ${text.slice(0, 300)}`);
  };
}
