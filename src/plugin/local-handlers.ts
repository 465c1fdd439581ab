import type { HandlerBundle, Worker } from '../config/configuration';
import { formatProblem, type Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import { openLiveBundle } from '../image/bundle/live';
import { nodeMajorOf } from '../image/bundle/options';
import { localHandler, packagedRuntime } from '../image/package-paths';
import type { LocalHandler } from '../features/local/handler-process';
import { codeFolder, type LocalService } from '../features/local/service';
import { watchFolder } from '../features/local/watch-folder';
import type { CommandParts } from './framework';
import { packageFolder } from './package';

/** The handlers of a local run, and what follows their sources. */
export interface LocalHandlers {
  /** By worker. */
  handlers: ReadonlyMap<string, LocalHandler>;
  /** From now on, what changes is reloaded. */
  follow(service: Pick<LocalService, 'reload'>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The workers that this machine can run: what an image starts by itself, only the image knows.
 * @throws {UserError} `WATCHBOT_LOCAL_HANDLER` where none is left; a warning where some are.
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

/** What is followed, by one of two means. */
interface Followed {
  worker: string;
  folder: string;
  start(onChange: () => void): Promise<void>;
  stop(): Promise<void>;
}

/** Bundles the handlers of the workers for this machine's Node. */
export async function openHandlers(parts: CommandParts, workers: readonly Worker[]): Promise<LocalHandlers> {
  const ofHandlers = workers.filter(({ handler }) => handler !== undefined);
  const followed = await Promise.all(ofHandlers.map((worker) => openHandler(worker, parts)));
  const runtimeFile = packagedRuntime(packageFolder(parts.serverless, parts.options));
  const common = { runtimeFile, nodeProgram: process.execPath };
  return {
    handlers: new Map(followed.map(({ worker, folder }) => [worker, { folder, ...common }])),
    follow: async (service) => {
      await Promise.all(
        followed.map((each) =>
          each.start(() => {
            service.reload(each.worker);
            parts.utils.log.notice(`${each.worker}: reloaded`);
          }),
        ),
      );
    },
    stop: async () => {
      await Promise.all(followed.map((each) => each.stop()));
    },
  };
}

async function openHandler(worker: Worker, parts: CommandParts): Promise<Followed> {
  const { name, image } = worker;
  return image.kind === 'bundle'
    ? openBundle({ name, bundle: image }, parts)
    : ofFolder(worker, parts.serverless.serviceDir);
}

async function openBundle(
  { name, bundle }: { name: string; bundle: HandlerBundle },
  { serverless, options, configuration, utils }: CommandParts,
): Promise<Followed> {
  const folder = localHandler(packageFolder(serverless, options), name);
  let onChange = (): void => undefined;
  const live = await openLiveBundle(
    {
      bundle,
      worker: name,
      serviceFolder: serverless.serviceDir,
      outputFolder: folder,
      nodeMajor: olderMajor(configuration.build.nodeImage),
    },
    {
      onChange: () => {
        onChange();
      },
      onProblems: (problems) => {
        const text = problems.map(formatProblem).join('\n\n');
        utils.log.error(`${name}: the code before goes on, since this cannot be bundled:\n\n${text}`);
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

/** The image has one Node, and this machine another: what is newer than either is translated. */
function olderMajor(nodeImage: string): number {
  return Math.min(nodeMajorOf(nodeImage), Number(process.versions.node.split('.')[0]));
}

/** Of an image that is there already nothing is on this machine, and so nothing changes. */
function ofFolder(worker: Worker, serviceFolder: string): Followed {
  const folder = codeFolder(worker, serviceFolder);
  let end: (() => void) | undefined;
  return {
    worker: worker.name,
    folder,
    start: (onChange) => {
      if (worker.image.kind === 'build') end = watchFolder(folder, onChange);
      return Promise.resolve();
    },
    stop: () => {
      end?.();
      return Promise.resolve();
    },
  };
}
