import type { EngineName } from '../../config/configuration';
import { ENGINE_NAMES } from '../../config/defaults';
import { UserError } from '../../errors/user-error';
import type { NpmSettings } from '../externals/npm-settings';
import type { PackagedImage } from '../package-folder';
import { loginArguments, probeArguments, pushArguments } from './arguments';
import { buildImage } from './build-image';
import { type CommandResult, interrupted, type Run, runOrFail } from './run-command';
import { findZstd, type Zstd } from './zstd';

/** Takes an engine's output, line by line. */
export type Report = (line: string) => void;

export interface BuildOptions {
  packageFolder: string;
  reference: string;
  report: Report;
  /** Called if npm installs packages in the image. */
  npmSettings: () => Promise<NpmSettings | undefined>;
  /** If new layers are to be compressed by it. */
  zstd?: Zstd | undefined;
}

/** Builds images and pushes them to a registry. Every method throws a `UserError` that says what went wrong. */
export interface Engine {
  readonly name: EngineName;
  /** The password goes to the engine's standard input only. */
  login(registry: string, account: { username: string; password: string }): Promise<void>;
  build(image: PackagedImage, options: BuildOptions): Promise<void>;
  push(reference: string, options: { report: Report; zstd?: Zstd | undefined }): Promise<void>;
  /** How it compresses by zstd, or why it cannot. */
  zstd(): Promise<Zstd | { whyNot: string }>;
}

/** An engine that takes longer to answer will not build an image. */
const PROBE_TIMEOUT_MS = 30_000;

/**
 * The engine that is configured, otherwise the first that answers.
 * @throws {UserError} `WATCHBOT_NO_ENGINE` with what was tried
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
  return `does not answer \`${[name, ...probeArguments(name)].join(' ')}\`: ${lastLines.at(-1) ?? 'it ends without a message'}`;
}

/** An engine by its command line, which is nearly the same for all. */
function engineOf(name: EngineName, run: Run): Engine {
  return {
    name,
    login: (registry, { username, password }) =>
      runOrFail(
        run,
        {
          program: name,
          arguments: loginArguments(name, registry, username),
          input: password,
          hidden: [password],
        },
        { failure: { code: 'WATCHBOT_LOGIN', place: registry, advice: LOGIN_ADVICE } },
      ),
    build: (image, options) => buildImage({ name, run }, image, options),
    push: (reference, { report, zstd }) =>
      runOrFail(
        run,
        { program: name, arguments: pushArguments(name, reference, zstd?.push) },
        { failure: { code: 'WATCHBOT_PUSH', place: reference, advice: PUSH_ADVICE }, report },
      ),
    zstd: () => findZstd(name, run),
  };
}

const LOGIN_ADVICE = 'check that the registry can be reached from here, and that the account may use it';
const PUSH_ADVICE = 'the stack was not changed; deploy again when the reason above is gone';

const INSPECT_TIMEOUT_MS = 30_000;

/**
 * Whether the registry has the image, as far as the engine can find out with its login. Undefined if it cannot: no engine says
 * whether the reason is that the image does not exist.
 */
export async function hasReference(
  { name, run }: { name: EngineName; run: Run },
  reference: string,
): Promise<true | undefined> {
  const place = name === 'podman' || name === 'buildah' ? `docker://${reference}` : reference;
  const { ending } = await run({
    program: name,
    arguments: ['manifest', 'inspect', place],
    timeoutMs: INSPECT_TIMEOUT_MS,
  });
  return ending === 'done' ? true : undefined;
}
