import { describeValue, type Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { MalformedError, UnresolvedError } from './intrinsics';

/**
 * Gives the result of a step, or its error in a user's words with the place. What neither serverless.yml nor the machine
 * explains is a bug, and keeps its stack.
 */
export async function explained<T>(place: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const problem = problemOf(error as StepError);
    throw problem === undefined ? error : UserError.of({ place, ...problem }, error);
  }
}

/** What is wrong with a function at a place; undefined for any other error. */
export function malformedAt(place: string, error: unknown): Problem | undefined {
  return error instanceof MalformedError ? { place, ...malformed(error) } : undefined;
}

/** An error of the SDK has `$fault`, one of the system a `code`. */
type StepError = Error & { code?: string; $fault?: string };

/** Such as ENOSPC; Node's own are like ERR_INVALID_ARG_TYPE. */
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

function problemOf(error: StepError): Omit<Problem, 'place'> | undefined {
  const { name, message } = error;
  if (error instanceof UserError) return undefined;
  if (error instanceof MalformedError) return malformed(error);
  if (error instanceof UnresolvedError) {
    return {
      code: 'WATCHBOT_LOCAL_START',
      given: message,
      allowed: 'a value that is known on this machine',
      advice: 'write it out, such as by ${param:NAME} for the stage that you run here',
    };
  }
  if (error.$fault !== undefined) {
    return {
      code: 'WATCHBOT_LOCAL_START',
      given: `${name}: ${message}`,
      allowed: 'what AWS accepts',
      advice: 'correct it in serverless.yml, most likely below `resources` or `extensions`',
    };
  }
  if (!SYSTEM_CODE.test(error.code ?? '')) return undefined;
  return {
    code: 'WATCHBOT_LOCAL_START',
    given: message,
    allowed: 'a machine that can start it: room on the disk, permissions, processes and ports',
    advice: 'make that possible, then start it again: nothing of this run is left',
  };
}

const malformed = ({ given, allowed }: MalformedError): Omit<Problem, 'place'> => ({
  code: 'WATCHBOT_MALFORMED',
  given: describeValue(given),
  allowed,
  advice: 'correct it in serverless.yml: CloudFormation would refuse it at the deploy',
});
