import { completeEvents } from '../complete-events';
import type { Sources } from '../events';
import type { RuleSubject } from './rule';

export interface Placed<T> {
  source: T;
  place: (...keys: string[]) => string;
}

/** The sources of a kind, with every choice made, and the place of each. */
export function sourcesOf<K extends 'sns' | 'eventBridge' | 'schedule' | 's3'>(
  { worker, at }: RuleSubject,
  kind: K,
): Placed<Sources[K][number]>[] {
  const places = worker.events.flatMap((event, index) =>
    event[kind] === undefined ? [] : [(...keys: string[]) => at('events', String(index), kind, ...keys)],
  );
  const sources: readonly Sources[K][number][] = completeEvents(worker.events)[kind];
  return sources.map((source, index) => ({ source, place: places[index]! }));
}
