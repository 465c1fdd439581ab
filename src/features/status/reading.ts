import { UserError } from '../../errors/user-error';
import type { Explain, NamedCall } from '../stack/target';

/** What was read, or why it was not: a part that cannot be read does not spoil the others. */
export type Reading<T> = { value: T } | NotRead;

interface NotRead {
  reason: string;
  /** What IAM would have to allow; undefined if that is not the reason. */
  action: string | undefined;
}

export async function reading<T>(
  explain: Explain,
  call: NamedCall,
  run: () => Promise<T>,
): Promise<Reading<T>> {
  try {
    return { value: await explain(call, run) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const isRefused = error.code === 'WATCHBOT_RIGHTS';
    const given = error.problems[0]?.given ?? error.message;
    return isRefused
      ? { reason: `needs permission for ${call.action}`, action: call.action }
      : { reason: given, action: undefined };
  }
}

export const ONLY_IN_AWS: NotRead = { reason: 'only in AWS', action: undefined };
