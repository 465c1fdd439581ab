import { longestNames } from '../names';
import type { WorkerRule } from './rule';

export const namesFit: WorkerRule = {
  reads: ['queue'],
  check: ({ worker: { queue }, name: worker, context, at }) =>
    longestNames(context, worker, queue)
      .filter(({ name, limit }) => name.length > limit)
      .map(({ kind, name, limit }) => ({
        code: 'WATCHBOT_NAME_TOO_LONG' as const,
        place: at(),
        given: `${name} (${name.length} characters) as the name of the ${kind}`,
        allowed: `at most ${limit} characters`,
        advice: "shorten the service's, the stage's or the worker's name",
      })),
};
