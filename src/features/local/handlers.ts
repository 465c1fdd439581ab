import { watch } from 'node:fs';
import path from 'node:path';
import type { HandlerBundle, Worker } from '../../config/configuration';
import { formatProblem, type Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { nodeMajorOf } from '../../image/bundle/bundle';
import { openLiveBundle } from '../../image/bundle/live';
import { localHandler, packagedRuntime } from '../../image/package-folder';
import type { Cancel, Clock } from '../../shared/clock';
import type { Voice } from '../command/command';
import type { Belongings } from './belongings';
import type { LocalHandler } from './container';
import { explained } from './explain';
import { codeFolder, type LocalService } from './service';

/**
 * The workers that this machine can run. What an image starts by its own ENTRYPOINT, only the image knows.
 * @throws {UserError} `WATCHBOT_LOCAL_HANDLER` if none is left; a warning if some are left out
 */
export function runnableHere(workers: readonly Worker[], warn: (text: string) => void): readonly Worker[] {
  const isRunnable = ({ handler, image }: Worker) =>
    handler === undefined || image.kind === 'bundle' || handler.entryPoint !== undefined;
  const problems = workers.filter((worker) => !isRunnable(worker)).map(({ name }) => notRunnable(name));
  if (problems.length === workers.length && problems.length > 0) {
    throw UserError.ofMany('WATCHBOT_LOCAL_HANDLER', 'Nothing can be run on this machine:', problems);
  }
  problems.forEach((problem) => {
    warn(`left out:\n${formatProblem(problem)}`);
  });
  return workers.filter(isRunnable);
}

function notRunnable(worker: string): Problem {
  return {
    code: 'WATCHBOT_LOCAL_HANDLER',
    place: `worker ${worker}`,
    given: 'a handler that is started by the ENTRYPOINT of its image, which is not run here',
    allowed: 'a handler without `image`, or one with an `entryPoint`',
    advice: 'give it an `entryPoint` that this machine has, such as [python3, -m, awslambdaric]',
  };
}

/** The handlers of a local run. */
interface LocalHandlers {
  /** By worker. */
  handlers: ReadonlyMap<string, LocalHandler>;
  /** From now on, a handler whose sources change is reloaded. */
  follow(service: Pick<LocalService, 'reload'>): Promise<void>;
}

interface HandlersInput {
  serviceFolder: string;
  packageFolder: string;
  /** The Node that bundles are run with in AWS … */
  nodeImage: string;
  /** … and here. */
  node: { program: string; version: string };
  clock: Clock;
  voice: Voice;
}

/** One worker's sources, which are followed from `start` on. */
interface Followed {
  worker: string;
  folder: string;
  start(onChange: () => void): Promise<void>;
  stop(): Promise<void>;
}

/** Bundles the handlers of the workers for this machine's Node. An open bundler keeps the process from ending. */
export async function openHandlers(
  workers: readonly Worker[],
  input: HandlersInput,
  own: Belongings,
): Promise<LocalHandlers> {
  const withHandler = workers.filter(({ handler }) => handler !== undefined);
  const followed = await Promise.all(
    withHandler.map((worker) =>
      own.acquire(
        'the bundlers',
        () => openHandler(worker, input),
        (each) => each.stop(),
      ),
    ),
  );
  const runtimeFile = packagedRuntime(input.packageFolder);
  const nodeProgram = input.node.program;
  return {
    handlers: new Map(followed.map(({ worker, folder }) => [worker, { folder, runtimeFile, nodeProgram }])),
    follow: async (service) => {
      await Promise.all(
        followed.map((each) =>
          each.start(() => {
            service.reload(each.worker);
            input.voice.log.notice(`${each.worker}: reloaded`);
          }),
        ),
      );
    },
  };
}

async function openHandler(worker: Worker, input: HandlersInput): Promise<Followed> {
  const { name, image } = worker;
  return image.kind === 'bundle' ? openBundle({ name, bundle: image }, input) : followFolder(worker, input);
}

async function openBundle(
  { name, bundle }: { name: string; bundle: HandlerBundle },
  { serviceFolder, packageFolder, nodeImage, node, voice }: HandlersInput,
): Promise<Followed> {
  const folder = localHandler(packageFolder, name);
  let onChange = (): void => undefined;
  const live = await openLiveBundle(
    {
      bundle,
      worker: name,
      serviceFolder,
      outputFolder: folder,
      nodeMajor: olderMajor(nodeImage, node.version),
    },
    {
      onChange: () => {
        onChange();
      },
      onProblems: (problems) => {
        const text = problems.map(formatProblem).join('\n\n');
        voice.log.error(`${name}: the code before goes on, since this cannot be bundled:\n\n${text}`);
      },
    },
  );
  return {
    worker: name,
    folder,
    start: (listener) => {
      onChange = listener;
      return live.watch();
    },
    stop: () => live.stop(),
  };
}

/** The image and this machine may have different Nodes: syntax that is newer than either of them is translated. */
function olderMajor(nodeImage: string, nodeVersion: string): number {
  return Math.min(nodeMajorOf(nodeImage), Number(nodeVersion.split('.')[0]));
}

/** The files of an existing image are not on this machine, so nothing of it changes. */
function followFolder(worker: Worker, { serviceFolder, clock }: HandlersInput): Followed {
  const folder = codeFolder(worker, serviceFolder);
  let end: (() => void) | undefined;
  return {
    worker: worker.name,
    folder,
    start: (onChange) =>
      explained(`files in ${folder}, which are to be followed`, () => {
        if (worker.image.kind === 'build') end = watchFolder(folder, clock, onChange);
      }),
    stop: () => {
      end?.();
      return Promise.resolve();
    },
  };
}

/**
 * What a running worker writes itself, or what changes without its code: caches of Python and git, packages,
 * `.serverless`.
 */
const NOT_SOURCE = /^(\..*|node_modules|__pycache__)$/;

/** Editors write a file in several steps, and a checkout writes many files. */
const QUIET_MS = 200;

/**
 * Calls back when a file in the folder has changed, once for several changes at a time.
 * @returns ends it
 */
function watchFolder(folder: string, clock: Clock, onChange: () => void): () => void {
  let cancel: Cancel | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || name.split(path.sep).some((part) => NOT_SOURCE.test(part))) return;
    cancel?.();
    cancel = clock.after(QUIET_MS, onChange);
  });
  // A folder may vanish while it is watched; that is no reason to end.
  watcher.on('error', () => undefined);
  return () => {
    cancel?.();
    watcher.close();
  };
}
