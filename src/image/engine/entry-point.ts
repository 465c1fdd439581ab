import type { EngineName } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import type { PackagedImage } from '../packaged-images';
import { inspectArguments, pullArguments } from './arguments';
import type { Report } from './engine';
import type { Run } from './run-command';
import { outputOrFail, runOrFail } from './run-or-fail';

/** What an image starts, under the names that `ENTRY_POINT_FILE` has for it. */
export interface EntryPoint {
  entryPoint: readonly string[];
  command: readonly string[];
}

/**
 * Asks the engine what an image would start by itself. One that is there already is pulled first.
 * @throws {UserError} `WATCHBOT_IMAGE` where that is nothing.
 */
export async function readEntryPoint(
  { name, run }: { name: EngineName; run: Run },
  image: PackagedImage,
  { base, report }: { base: string; report: Report },
): Promise<EntryPoint> {
  const failure = {
    code: 'WATCHBOT_BUILD' as const,
    place: `the image of worker ${image.worker}`,
    advice: 'the stack was not changed; the command above can be run by hand',
  };
  if (image.base.kind === 'uri') {
    const pull = { program: name, arguments: pullArguments(name, base, image.architecture) };
    await runOrFail(run, pull, { failure, report });
  }
  const inspect = { program: name, arguments: inspectArguments(name, base), keepsOutput: true };
  const found = entryPointIn(await outputOrFail(run, inspect, { failure }));
  if (!startsSomething(found, image)) throw startsNothing(found, image);
  return found;
}

interface Configured {
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
}

/** Of docker, podman and finch it is a list of images; of buildah one, in the words of OCI, whose `Config` is a text. */
type Inspected = { Config?: Configured; OCIv1?: { config?: Configured } };

function entryPointIn(output: string): EntryPoint {
  const parsed = JSON.parse(output) as Inspected | Inspected[];
  const image = Array.isArray(parsed) ? parsed[0] : parsed;
  const { Entrypoint, Cmd } = image?.OCIv1?.config ?? image?.Config ?? {};
  return { entryPoint: Entrypoint ?? [], command: Cmd ?? [] };
}

/** A handler's name is nothing that can be run. */
function startsSomething({ entryPoint, command }: EntryPoint, { ownEntryPoint }: PackagedImage): boolean {
  return entryPoint.length > 0 || (command.length > 0 && ownEntryPoint?.isCommandReplaced !== true);
}

function startsNothing({ command }: EntryPoint, { worker }: PackagedImage): UserError {
  const replaced = `no ENTRYPOINT, and the CMD ${JSON.stringify(command)}, which \`handler\` takes the place of`;
  return UserError.of({
    code: 'WATCHBOT_IMAGE',
    place: `the image of worker ${worker}`,
    given: command.length > 0 ? replaced : 'neither ENTRYPOINT nor CMD',
    allowed: 'an image that starts a client of the Lambda Runtime API',
    advice: 'give the worker an `entryPoint`, or the image an ENTRYPOINT; the stack was not changed',
  });
}
