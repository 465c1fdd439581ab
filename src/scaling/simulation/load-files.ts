import { JobResult } from '../../contract/log';
import { outcomeTimes, readLine } from '../../contract/log-lines';

/**
 * How long jobs took, from lines of a service's log in either format: the seconds of those that succeeded. What failed
 * may have ended far too soon.
 */
export function readDurations(lines: Iterable<string>): number[] {
  const seconds: number[] = [];
  for (const line of lines) {
    const { outcome, text } = readLine(line);
    const times = outcome?.result === JobResult.success ? outcomeTimes(text) : undefined;
    if (times !== undefined) seconds.push(times.durationMs / 1_000);
  }
  return seconds;
}

export interface ReadArrivals {
  /** From the first arrival on, in order. */
  readonly atSeconds: readonly number[];
  /** Numbers of the lines that are neither a time nor empty, from 1. */
  readonly unreadable: readonly number[];
}

/** When messages came, one a line: seconds, or a time as `2026-03-01T10:00:00Z`. */
export function readArrivals(lines: Iterable<string>): ReadArrivals {
  const times: number[] = [];
  const unreadable: number[] = [];
  let number = 0;
  for (const line of lines) {
    number += 1;
    const text = line.trim();
    if (text === '') continue;
    const seconds = timeOf(text);
    if (Number.isFinite(seconds)) times.push(seconds);
    else unreadable.push(number);
  }
  const first = times.reduce((least, time) => Math.min(least, time), Infinity);
  return { atSeconds: times.map((time) => time - first).sort((one, other) => one - other), unreadable };
}

const TIME = /^\d{4}-\d{2}-\d{2}T/;

const timeOf = (text: string): number => (TIME.test(text) ? Date.parse(text) / 1_000 : Number(text));
