import { explainAws } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';
import type { Clients } from './clients';

/** Where a command works: in AWS, or at `sls watchbot local`. */
export interface Target {
  isLocal: boolean;
  region: string;
  /** For people: `AWS, eu-west-1`, or the address of the emulator. */
  text: string;
  clients: Clients;
  explain: Explain;
}

/** A call to AWS. */
export interface NamedCall {
  /** As IAM names it, like `sqs:GetQueueUrl`. */
  action: string;
  /** What the call is about, like `queue tiles-dev-WatchbotQueue`. */
  place: string;
}

/** Gives the result of a call, or its error in a user's words: a missing permission, an emulator that is not running. */
export type Explain = <T>(call: NamedCall, run: () => Promise<T>) => Promise<T>;

export function createTarget(target: Omit<Target, 'explain'>): Target {
  return { ...target, explain: target.isLocal ? explainLocal(target) : explainInAws(target) };
}

function explainInAws({ region }: Pick<Target, 'region'>): Explain {
  return ({ action, place }, run) => explainAws({ action, region }, place, run);
}

function explainLocal({ text }: Pick<Target, 'text'>): Explain {
  return async ({ action, place }, run) => {
    try {
      return await run();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') throw notRunning(text, error);
      return explainAws({ action, region: text }, place, () => Promise.reject(error as Error));
    }
  };
}

function notRunning(address: string, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_LOCAL_NOT_RUNNING',
      place: address,
      given: 'no answer',
      allowed: 'a running `sls watchbot local`',
      advice: 'start it in another terminal, or give its port with --port',
    },
    cause,
  );
}
