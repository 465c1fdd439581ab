import type { EngineName } from '../../config/configuration';
import type { Run } from './run-command';

const TIMEOUT_MS = 30_000;

/**
 * Whether the registry has the image, as far as the engine can tell with its login. Undefined: it cannot, and no engine
 * says whether that is since the image is not there.
 */
export async function hasReference(
  { name, run }: { name: EngineName; run: Run },
  reference: string,
): Promise<true | undefined> {
  const place = name === 'podman' || name === 'buildah' ? `docker://${reference}` : reference;
  const { ending } = await run({
    program: name,
    arguments: ['manifest', 'inspect', place],
    timeoutMs: TIMEOUT_MS,
  });
  return ending === 'done' ? true : undefined;
}
