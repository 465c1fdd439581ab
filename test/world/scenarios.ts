import type { Planned } from './ledger';
import { good, HOUR, MINUTE, type WorldSettings } from './world';

/** So many messages at once, of jobs that take so long. */
export const burst = (messages: number, durationMs: number, more: Partial<Planned> = {}): Planned[] =>
  Array.from({ length: messages }, () => ({ atMs: 0, durationMs, codes: [0], obeys: true, ...more }));

const world = (
  given: Partial<WorldSettings> & Pick<WorldSettings, 'name' | 'planned' | 'scaling'>,
): WorldSettings => ({
  seed: 1,
  untilMs: 24 * HOUR,
  ...given,
});

/** Worlds that are told by name: `npm run world -- --scenario NAME`. */
export const SCENARIOS: Readonly<Record<string, () => WorldSettings>> = {
  plain: () => world({ name: 'plain', planned: burst(200, 5_000), scaling: { min: 0, max: 5 } }),
  deploy: () =>
    world({
      name: 'deploy',
      planned: burst(2_000, MINUTE),
      scaling: { min: 0, max: 5 },
      deploys: [{ atMs: 30 * MINUTE, version: good('v2'), how: 'stack' }],
    }),
};
