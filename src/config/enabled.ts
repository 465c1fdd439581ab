import { isMap } from '../shared/json';

/**
 * The part of the `watchbot` section that is made in this stage: without workers that are null or switched off.
 * @returns undefined if nothing is made
 */
export function enabledPart(section: unknown): unknown {
  if (section === undefined || isOff(section)) return undefined;
  if (!isMap(section) || !('workers' in section)) return section;
  const { workers } = section;
  if (workers === undefined || workers === null) return undefined;
  if (!isMap(workers)) return section;
  const enabled = Object.entries(workers).filter(([, worker]) => worker !== undefined && !isOff(worker));
  return enabled.length === 0 ? undefined : { ...section, workers: Object.fromEntries(enabled) };
}

/** Whether a section or a worker is null, as a variable may give it, or has `enabled: false`. */
export function isOff(part: unknown): boolean {
  return part === null || (isMap(part) && isSwitchedOff(part.enabled));
}

/** An environment variable has it as a text. */
export function isSwitchedOff(enabled: unknown): boolean {
  return enabled === false || enabled === 'false';
}

/** Why nothing of a section is made. */
export function describeOff(section: unknown): string {
  if (section === undefined) return 'no `watchbot` section';
  if (section === null) return '`watchbot: null`';
  if (isOff(section)) return '`watchbot.enabled: false`';
  return '`watchbot.workers` without one that is there and enabled';
}
