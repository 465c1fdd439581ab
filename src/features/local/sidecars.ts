import type { Worker } from '../../config/configuration';
import { PRESETS } from '../../config/presets';
import type { Sidecar } from '../../config/sidecars';

/** What jobs do without on this machine, by worker: a text for people for each that has sidecars. */
export const sidecarsNotHere = (workers: readonly Worker[]): string[] =>
  workers
    .filter(({ sidecars }) => sidecars.length > 0)
    .map(
      ({ name, sidecars }) =>
        `${name}: sidecars are not started here (${sidecars.map(describe).join(', ')}): jobs cannot reach them, unless you start them yourself (docs/sidecars.md#on-your-machine)`,
    );

function describe({ name, preset, ports }: Sidecar): string {
  const what = preset === undefined ? '' : `, ${PRESETS[preset].title}`;
  const numbers = [...new Set(ports.map(({ number }) => number))];
  const where = numbers.length === 0 ? '' : ` at ${numbers.join(' and ')}`;
  return `${name}${what}${where}`;
}
