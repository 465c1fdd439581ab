/** An error in the form in which runtimes report one. */
export interface ErrorReport {
  errorType: string;
  errorMessage: string;
  stackTrace: readonly string[];
}

/** What a handler throws may be anything. */
export function reportOf(thrown: unknown, type?: string): ErrorReport {
  if (!(thrown instanceof Error)) {
    return { errorType: type ?? typeof thrown, errorMessage: textOf(thrown), stackTrace: [] };
  }
  const { name, message, stack = '' } = thrown;
  return { errorType: type ?? name, errorMessage: message, stackTrace: stack.split('\n') };
}

/** For the log: with its stack, whose places source maps have turned into those of the source. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? String(thrown)) : textOf(thrown);
}

/** Undefined and functions have no JSON, whatever the type of `stringify` says. */
export const toJson = (value: unknown) => JSON.stringify(value) as string | undefined;

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    return toJson(thrown) ?? String(thrown);
  } catch {
    return String(thrown);
  }
}
