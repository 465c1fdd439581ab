import type { EngineName } from '../../config/configuration';
import { ENGINE_NAMES } from '../../config/defaults';
import { UserError } from '../../errors/user-error';
import { probeArguments } from './arguments';
import type { Engine } from './engine';
import { engineOf } from './engine-commands';
import { interrupted } from './run-or-fail';
import type { CommandResult, Run } from './run-command';

/** An engine that takes longer to say that it is there will not build an image. */
const PROBE_TIMEOUT_MS = 30_000;

/**
 * The engine that is configured, or else the first that answers.
 * @throws {UserError} `WATCHBOT_NO_ENGINE` with what was tried.
 */
export async function findEngine({
  configured,
  run,
}: {
  configured?: EngineName | undefined;
  run: Run;
}): Promise<Engine> {
  const tried: string[] = [];
  for (const name of configured === undefined ? ENGINE_NAMES : [configured]) {
    const result = await run({ program: name, arguments: probeArguments(name), timeoutMs: PROBE_TIMEOUT_MS });
    if (result.ending === 'done') return engineOf(name, run);
    if (result.ending === 'interrupted') throw interrupted();
    tried.push(`${name} ${whyNot(name, result)}`);
  }
  throw UserError.of({
    code: 'WATCHBOT_NO_ENGINE',
    place: 'the container engine',
    given: tried.join('\n           '),
    allowed: `${configured ?? ENGINE_NAMES.join(', ')}, installed and answering`,
    advice:
      'start one of them (Docker Desktop, `systemctl start docker`, `podman machine start`, `finch vm start`), or install one; nothing was changed',
  });
}

function whyNot(name: EngineName, { ending, lastLines }: CommandResult): string {
  if (ending === 'missing') return 'is not installed';
  if (ending === 'timeout') return `does not answer within ${PROBE_TIMEOUT_MS / 1000} seconds`;
  return `does not answer \`${[name, ...probeArguments(name)].join(' ')}\`: ${lastLines.at(-1) ?? 'it ends without a word'}`;
}
