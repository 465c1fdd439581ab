import type { Place } from './deployed-worker';
import { explain, type Target } from './target';

/** The target, as operations see it. */
export function placeOf(target: Target): Place {
  return { ...target, explain: (call, run) => explain(target, call, run) };
}
