import { types } from 'node:util';

/** An error in the form in which runtimes report one. */
export interface ErrorReport {
  errorType: string;
  errorMessage: string;
  stackTrace: readonly string[];
}

/** What a handler throws may be anything. Never throws. */
export function reportOf(thrown: unknown): ErrorReport {
  if (!isError(thrown)) {
    return { errorType: typeof thrown, errorMessage: textOf(thrown), stackTrace: [] };
  }
  return {
    errorType: partOf(thrown, 'name', 'Error'),
    errorMessage: partOf(thrown, 'message', ''),
    stackTrace: partOf(thrown, 'stack', '').split('\n'),
  };
}

/** For what nobody has caught, in the words of AWS's client. */
export function reportOfRejection(reason: unknown): ErrorReport {
  const { stackTrace } = reportOf(reason);
  return {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: isError(reason) ? firstLineOf(reason) : textOf(reason),
    stackTrace,
  };
}

/** For the log: with its stack, whose places source maps have turned into those of the source. Never throws. */
export function describeThrown(thrown: unknown): string {
  return isError(thrown) ? partOf(thrown, 'stack', firstLineOf(thrown)) : textOf(thrown);
}

/**
 * The answer, in JSON. Nothing at all is null.
 * @throws {TypeError} where it has no JSON
 */
export function toJson(result: unknown): string {
  // Functions and symbols have none, whatever the type of `stringify` says.
  const json = JSON.stringify(result ?? null) as string | undefined;
  if (json === undefined) throw new TypeError(`the result has no JSON: it is a ${typeof result}`);
  return json;
}

/** One of another realm, too. */
function isError(thrown: unknown): thrown is object {
  return types.isNativeError(thrown) || thrown instanceof Error;
}

const firstLineOf = (error: object) =>
  `${partOf(error, 'name', 'Error')}: ${partOf(error, 'message', 'without a message')}`;

/** Libraries put anything there, and a getter may throw. */
function partOf(error: object, name: 'name' | 'message' | 'stack', otherwise: string): string {
  try {
    const part = (error as Record<string, unknown>)[name];
    return typeof part === 'string' ? part : otherwise;
  } catch {
    return otherwise;
  }
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  return attempt(() => JSON.stringify(thrown)) ?? attempt(() => String(thrown)) ?? `a ${typeof thrown}`;
}

function attempt(make: () => string | undefined): string | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
