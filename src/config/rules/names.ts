import type { Problem } from '../../errors/problem';
import { completeEvents } from '../complete-events';
import { sourceIds } from '../logical-ids';
import { longestNames, type LimitedName } from '../names';
import { isFifo, makesDeadLetterQueue } from '../queue-kind';
import type { WorkerRule } from './rule';

export const namesFit: WorkerRule = {
  reads: ['queue', 'events'],
  check: ({ worker: { queue, events }, name, context, at }) => {
    const ids = Object.values(sourceIds({ name, events: completeEvents(events) }));
    const names = longestNames(context, name, {
      fifo: isFifo(queue),
      deadLetter: makesDeadLetterQueue(queue),
      rules: ids.filter((id) => /Rule\d+$/.test(id)),
      schedules: ids.filter((id) => /Schedule\d+$/.test(id)),
    });
    return tooLong(names, at(), "shorten the service's, the stage's or the worker's name");
  },
};

export function tooLong(names: readonly LimitedName[], place: string, advice: string): Problem[] {
  return names
    .filter(({ name, limit }) => name.length > limit)
    .map(({ kind, name, limit }) => ({
      code: 'WATCHBOT_NAME_TOO_LONG',
      place,
      given: `${name} (${name.length} characters) as the name of the ${kind}`,
      allowed: `at most ${limit} characters`,
      advice,
    }));
}
