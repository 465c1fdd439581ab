import { completeEvents } from '../complete-events';
import type { Sources } from '../events';
import { isIntrinsic } from '../maps';
import type { RuleSubject } from './rule';

export interface Placed<T> {
  source: T;
  place: (...keys: string[]) => string;
}

/** The sources of a kind, with every choice made, and the place of each: of a short form, all its keys are in one. */
export function sourcesOf<K extends 'sns' | 'eventBridge' | 'schedule' | 's3'>(
  { worker, at }: RuleSubject,
  kind: K,
): Placed<Sources[K][number]>[] {
  const places = worker.events.flatMap((event, index) => {
    const given = event[kind];
    if (given === undefined) return [];
    const isShort = typeof given === 'string' || isIntrinsic(given);
    return [(...keys: string[]) => at('events', String(index), kind, ...(isShort ? [] : keys))];
  });
  const sources: readonly Sources[K][number][] = completeEvents(worker.events)[kind];
  return sources.map((source, index) => ({ source, place: places[index]! }));
}
