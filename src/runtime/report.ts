import { types } from 'node:util';

/** An error as runtimes report it. */
export interface ErrorReport {
  errorType: string;
  errorMessage: string;
  stackTrace: readonly string[];
}

/** Reports what a handler has thrown, which may be anything. Never throws. */
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

/** Reports a rejection that nobody has caught, in the words of AWS's client. */
export function reportOfRejection(reason: unknown): ErrorReport {
  const { stackTrace } = reportOf(reason);
  return {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: isError(reason) ? firstLineOf(reason) : textOf(reason),
    stackTrace,
  };
}

/** Describes what was thrown for the log, with its stack, which source maps have mapped to the sources. Never throws. */
export function describeThrown(thrown: unknown): string {
  return isError(thrown) ? partOf(thrown, 'stack', firstLineOf(thrown)) : textOf(thrown);
}

/**
 * The answer in JSON. If there is none, it is null.
 * @throws {TypeError} if it cannot be written in JSON
 */
export function toJson(result: unknown): string {
  // Functions and symbols have none, whatever the type of `stringify` says.
  const json = JSON.stringify(result ?? null) as string | undefined;
  if (json === undefined) throw new TypeError(`the result has no JSON: it is a ${typeof result}`);
  return json;
}

/** Also true for an error of another realm. */
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
