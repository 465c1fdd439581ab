import { hostname } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { RuntimeVariable } from '../contract/environment';
import { healthSocketOf } from '../contract/image';
import { formatPlain, formatStructured } from '../contract/log-lines';
import { steadyClock as clock, systemClock } from '../shared/clock';
import { createCommandWorkers, runJob } from './worker/command-workers';
import { createHandlerWorkers, type HandlerWorkers } from './worker/handler-workers';
import { answerHealth } from './health/health';
import { createLogger, type Logger, Output } from './log';
import { jobFolders } from './job/files';
import {
  findCommands,
  identityOf,
  inheritedEnvironment,
  runtimeEnvironment,
  seeOwnAws,
  withCommands,
} from './worker/environment';
import type { Machine } from './worker/machine';
import { createSqsClient } from './queue/sqs-client';
import {
  type HandlerSettings,
  readHandlerSettings,
  readRules,
  readSettings,
  type Settings,
} from './settings';
import { findLogStream, lookAtServiceByEcs } from './task/ecs';
import { MemoryKills, readMemoryKills } from './settle/memory-kills';
import { createEmptying } from './worker/emptying';
import { agentProtection } from './task/protection';
import { watchQueue } from './watch-queue';
import { imageCommand, parseCommandLine, type WorkerCommand } from './worker/command';
import { createStarter, findLauncher } from './worker/launcher/starter';
import { startByNodeFor, startKept } from './worker/node-spawn';
import type { WorkerRules } from './worker/rules';
import type { Workers } from './worker/workers';

/** In percent: V8 collects garbage before the heap has grown by more. Its default would cost the workers memory. */
const HEAP_GROWTH = '--heap-growing-percent=10';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the container was started with, and the log. */
interface Given {
  command: WorkerCommand;
  environment: Environment;
  settings: Settings;
  rules: WorkerRules;
  /** Absent if the worker is a command. */
  handler: HandlerSettings | undefined;
  log: Logger;
}

async function main(): Promise<void> {
  setFlagsFromString(HEAP_GROWTH);
  const environment = { ...process.env };
  const commandLine = parseCommandLine(process.argv.slice(2));
  const settings = readSettings(environment);
  const rules = readRules(environment);
  seeOwnAws(process.env, settings.queueUrl);
  const handler = commandLine.kind === 'handle' ? readHandlerSettings(environment) : undefined;
  const command = commandLine.command ?? (await takeImageCommand(environment));
  const output = new Output(process.stdout);
  process.on('exit', output.flush);
  const format = settings.isStructured
    ? formatStructured({ hostname: hostname(), pid: process.pid })
    : formatPlain;
  const log = createLogger({ write: output.write, format, clock: systemClock, version: settings.version });
  const what =
    handler === undefined ? command.text : `handler ${environment[RuntimeVariable.handler] ?? command.text}`;
  log.info(`watching ${settings.queueUrl}, ${settings.concurrency} at once: ${what}`);
  await watchHere({ command, environment, settings, rules, handler, log });
  log.info('stopped, with no message in hand');
  await output.flushed();
}

/** Sets the handler in the environment, too, since runtimes read it there. */
async function takeImageCommand(environment: Record<string, string | undefined>): Promise<WorkerCommand> {
  const { command, handler } = await imageCommand(__dirname, environment[RuntimeVariable.handler]);
  environment[RuntimeVariable.handler] = handler;
  return command;
}

/** Runs the watcher in this process, against AWS. */
function watchHere(given: Given): Promise<void> {
  const { settings, handler, log, environment } = given;
  const running: { handlerWorkers?: HandlerWorkers } = {};
  if (handler !== undefined) onReload(log, () => running.handlerWorkers?.reload());
  // `sls watchbot local` runs this on the developer's Node, which the SDK may call old; nobody there can heed it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  return watchQueue({
    settings,
    handler,
    client: createSqsClient({ timeOfDay: systemClock, environment, clock }),
    lookAtService: lookAtServiceByEcs(environment, { clock, timeOfDay: systemClock }),
    putProtection: settings.agentUri === undefined ? undefined : agentProtection(settings.agentUri),
    process,
    makeWorkers: async ({ machine, stopping }) => {
      if (handler === undefined) {
        const workers = await commandWorkers(given, machine);
        return { workers, onIdle: await createEmptying(settings.volumes, __dirname, log) };
      }
      running.handlerWorkers = await handlerWorkers(given, handler, stopping);
      // A warm worker may keep files between two messages, as in Lambda.
      return { workers: running.handlerWorkers, onIdle: await createEmptying(undefined, __dirname, log) };
    },
    onLiveness: (liveness) => {
      if (settings.healthSocket === undefined) return;
      const metadataUri = environment.ECS_CONTAINER_METADATA_URI_V4;
      answerHealth(healthSocketOf(settings.healthSocket, metadataUri), { liveness, log });
    },
    end: () => process.exit(0),
    clock,
    timeOfDay: systemClock,
    random: Math.random,
    log,
  });
}

async function commandWorkers(given: Given, machine: Machine): Promise<Workers> {
  const { command, environment, settings, rules, log } = given;
  const starter = createStarter({
    file: findLauncher(__dirname, process),
    rules,
    log,
    clock,
  });
  const started = { start: starter.start, timeOfDay: systemClock, ...jobFolders(environment, settings) };
  const inherited = withCommands(inheritedEnvironment(environment), findCommands(__dirname));
  const memoryKills = new MemoryKills(readMemoryKills);
  const common = { command, environment: inherited, clock, log, machine, memoryKills, ...settings };
  const options = { ...common, ...started };
  await starter.ready;
  return createCommandWorkers({
    ...settings,
    runJob: (job) => runJob(job, options),
    close: async () => {
      await options.temporaryFolders?.close();
    },
  });
}

async function handlerWorkers(
  { command, environment, settings, rules, log }: Given,
  handler: HandlerSettings,
  stopping: AbortSignal,
): Promise<HandlerWorkers> {
  const { region, functionArn } = identityOf(handler.queueArn, handler.functionName);
  const logStream = await findLogStream(environment.ECS_CONTAINER_METADATA_URI_V4, hostname());
  const launcher = findLauncher(__dirname, process);
  return createHandlerWorkers({
    start: launcher === undefined ? startByNodeFor(rules) : startKept(launcher, rules),
    ...settings,
    ...handler,
    command,
    environment: {
      ...withCommands(inheritedEnvironment(environment), findCommands(__dirname)),
      ...runtimeEnvironment(environment, { taskRoot: process.cwd(), logStream }),
    },
    functionArn,
    source: { queueArn: handler.queueArn, region },
    stopping,
    clock,
    timeOfDay: systemClock,
    random: Math.random,
    log,
  });
}

/** Listens from the start on, before there are workers: otherwise the signal would end the watcher. */
function onReload(log: Logger, reload: () => void): void {
  process.on('SIGHUP', () => {
    log.info('SIGHUP: replacing the workers');
    reload();
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`watchbot: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
