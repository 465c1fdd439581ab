import type { ErrorCode } from './codes';

/** One mistake: its place, what was given, what is allowed, and what to do. */
export interface Problem {
  code: ErrorCode;
  /** Dotted path, `watchbot.queue.delay`, or a file or an option. */
  place: string;
  given?: string;
  allowed?: string;
  /** Of an unknown key: what may stand there. All problems of a place share it, so that it is told once, at the end. */
  allowedKeys?: string;
  advice?: string;
  /** What to write instead, as maps from the root of the section. */
  lines?: Readonly<Record<string, unknown>>;
  /** What a misspelt key becomes among other lines, if these are printed; nothing, if it is nothing here. */
  guess?: Readonly<Record<string, unknown>>;
}

/** The problem as people read it. */
export function formatProblem({ code, place, given, allowed, advice }: Problem): string {
  const lines = [`${code} at ${place}`];
  if (given !== undefined) lines.push(`  given:   ${given}`);
  if (allowed !== undefined) lines.push(`  allowed: ${allowed}`);
  if (advice !== undefined) lines.push(`  do:      ${advice}`);
  return lines.join('\n');
}

const MAX_GIVEN_LENGTH = 80;

/** Undefined for what JSON cannot express: a function, NaN, a cycle. */
function jsonOf(value: unknown): string | undefined {
  if (typeof value === 'number') return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A value as JSON, cut to a length that suits an error. */
export function describeValue(value: unknown): string {
  const text = jsonOf(value) ?? String(value);
  return text.length > MAX_GIVEN_LENGTH ? `${text.slice(0, MAX_GIVEN_LENGTH - 1)}…` : text;
}
