import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { LAUNCHER_FILE, launcherFileOf } from '../../../contract/image';
import type { Clock } from '../../../shared/clock';
import type { Logger } from '../../log';
import { startByNodeFor } from '../node-spawn';
import { NO_RULES, type WorkerRules } from '../rules';
import type { StartWorker } from '../run-worker';
import { connect, type Connection, type Launcher } from './connection';

/** ECS's names of processors, by Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/**
 * Finds the launcher beside the watcher's bundle. An image has the one of its architecture; the package has one for each
 * architecture, and `sls watchbot local` takes the machine's own. Undefined if there is none.
 */
export function findLauncher(
  folder: string,
  { platform, arch }: { platform: string; arch: string },
): string | undefined {
  const architecture = ARCHITECTURES[arch];
  if (platform !== 'linux' || architecture === undefined) return undefined;
  const files = [LAUNCHER_FILE, launcherFileOf(architecture)].map((name) => path.join(folder, name));
  return files.find(isThere);
}

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts workers in the cheapest way there is. */
export interface Starter {
  start: StartWorker;
  /** Resolves when it is known whether the launcher can be used. Never rejects. */
  ready: Promise<void>;
  /** Ends the launcher, and with it all of its workers. */
  close(): void;
}

/** A launcher that has ended so often is not started again. */
const MOST_ENDS = 3;

const SLOWER = 'Node itself starts the workers, which is slower';

interface StarterOptions {
  /** The launcher's file; undefined if there is none. */
  file: string | undefined;
  /** Those without any are the default. */
  rules?: WorkerRules;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  clock: Clock;
}

export function createStarter(options: StarterOptions): Starter {
  const byNode = startByNodeFor(options.rules ?? NO_RULES);
  if (options.file === undefined) {
    options.log.info(`there is no launcher for this machine: ${SLOWER}`);
    return { start: byNode, ready: Promise.resolve(), close: () => undefined };
  }
  const launchers = new Launchers({ ...options, file: options.file });
  return {
    start: (request) => launchers.current?.start(request) ?? byNode(request),
    ready: launchers.begin(),
    close: () => {
      launchers.close();
    },
  };
}

/** The launcher, and another one if it ends. */
class Launchers {
  /** Absent before it has answered, and after it has ended: then Node starts the workers. */
  current: Launcher | undefined;
  private readonly options: StarterOptions & { file: string };
  private connection: Connection | undefined;
  private ends = 0;
  private isClosing = false;

  constructor(options: StarterOptions & { file: string }) {
    this.options = options;
  }

  close(): void {
    this.isClosing = true;
    this.current = undefined;
    this.connection?.close();
  }

  /** Starts a launcher. Resolves when it has answered or ended. */
  begin(): Promise<void> {
    return new Promise((resolve) => {
      const { file, clock, rules = NO_RULES } = this.options;
      const onReady = () => {
        this.current = connection.launcher;
        resolve();
      };
      const connection = connect(file, { clock, rules, onReady });
      this.connection = connection;
      void connection.ended.then((reason) => {
        this.onEnd(connection.launcher, reason);
        resolve();
      });
    });
  }

  private onEnd(launcher: Launcher, reason: string): void {
    const { log } = this.options;
    const hasAnswered = this.current === launcher;
    this.current = undefined;
    const text = `the launcher of workers ended (${reason})`;
    const lostCount = launcher.lose(`${text}, and its workers were killed`);
    if (this.isClosing) return;
    if (!hasAnswered) return log.warn(`the launcher cannot be used (${reason}): ${SLOWER}`);
    this.ends += 1;
    log.error(`${text}, and ${lostCount} workers were killed`);
    if (this.ends < MOST_ENDS) void this.begin();
    else log.warn(`the launcher ended ${this.ends} times: ${SLOWER}`);
  }
}
