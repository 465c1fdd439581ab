import { explainAws, type AwsCall } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';
import type { Clients } from './clients';

/** Where a command works: in AWS, or at `sls watchbot local`. */
export interface Target {
  isLocal: boolean;
  region: string;
  /** For people: `AWS, eu-west-1`, or the address of the emulator. */
  text: string;
  clients: Clients;
}

/**
 * Gives the result, or the error in a user's words: a missing right by its name in IAM, an emulator that is not running.
 * @param call its action as IAM names it, like `sqs:GetQueueUrl`
 * @param place what was being done, like `queue tiles-dev-WatchbotQueue`
 */
export async function explain<T>(
  target: Target,
  { action, place }: { action: AwsCall['action']; place: string },
  run: () => Promise<T>,
): Promise<T> {
  const explained = () => explainAws({ action, region: target.region }, place, run);
  if (!target.isLocal) return explained();
  try {
    return await run();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') throw notRunning(target, error);
    return explainAws({ action, region: target.text }, place, () => Promise.reject(error as Error));
  }
}

function notRunning({ text }: Target, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_LOCAL_NOT_RUNNING',
      place: text,
      given: 'no answer',
      allowed: 'a running `sls watchbot local`',
      advice: 'start it in another terminal, or give its port with --port',
    },
    cause,
  );
}
