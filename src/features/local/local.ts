import { isDeepStrictEqual } from 'node:util';
import { DAY_SECONDS } from '../../shared/durations';
import type { Configuration, Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import { packagedWatcher } from '../../image/package-folder';
import { untilAborted, type Clock } from '../../shared/clock';
import {
  DEFAULT_PORT,
  INTERRUPTED,
  type CommandRun,
  type Options,
  type Terminal,
  type Voice,
} from '../command/command';
import { durationOption, portOption, textOption } from '../command/options';
import { coloursFor, visibleLines, type Colours } from '../command/terminal-text';
import { startLocalLog } from '../logs/local-log';
import type { OutgoingMessage } from '../send/message';
import type { SendClients } from '../send/sender';
import type { Clients } from '../stack/clients';
import { publishLocalRun, type LocalRunRecord } from '../stack/local-run';
import { chooseWorker, workerAddress, type WorkerAddress } from '../stack/workers';
import { Belongings } from './belongings';
import type { MissingVariable } from './container';
import { startEmulator, type Emulator } from './emulators';
import { explained } from './explain';
import { openHandlers, runnableHere } from './handlers';
import { createLineFan, type LineFan } from './lines';
import { readMessages } from './messages';
import { tellNotFound } from './not-found';
import { describeNotHere, sidecarsNotHere, tellMissingVolumes } from './not-here';
import { readPackage } from './package-templates';
import { localReferences } from './references';
import { SERVICE_STEPS, startLocalService, type LocalService } from './service';
import { sendAndSettle } from './settle';
import { describeMissing, describeReports, describeService } from './text';

/** The steps of a run that can fail; a test hands in others. */
export const LOCAL_STEPS = {
  ...SERVICE_STEPS,
  startEmulator,
  startLocalLog,
  openHandlers,
  publishLocalRun,
  sendAndSettle,
};

/** What a local run is given of the framework and of the process. */
export interface LocalRun {
  /** As they were typed. */
  options: Options;
  asStarted: CommandRun['asStarted'];
  configuration: Configuration;
  /** The folder of serverless.yml. */
  serviceFolder: string;
  /** Packages the service as `sls package` does. */
  packageService(): Promise<LocalPackage>;
  /** Clients that reach the emulator. */
  clientsAt(endpoint: string): Pick<Clients, 'sqs' | 'sns'>;
  /** The credentials of those clients, and of the workers. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Gives what ends listening. */
  onCtrlC: (listeners: { onFirst: () => void; onSecond: () => void }) => () => void;
  terminal: Pick<Terminal, 'output' | 'error' | 'environment'>;
  voice: Voice;
  /** The Node that runs this, with which handlers are run too. */
  node: { program: string; version: string };
  clock: Clock;
  steps?: Partial<typeof LOCAL_STEPS>;
}

/** What the framework has packaged, and where. */
interface LocalPackage {
  folder: string;
  templateFile: string;
  /** Of which the package was made: other plugins change a service while it is packaged. */
  configuration: Configuration;
}

/**
 * `sls watchbot local`. It stays up until Ctrl-C, or with `--messages` until all of them are settled. Whatever it has
 * acquired is given back, also if a step fails or Ctrl-C comes before all is started.
 * @returns the exit code, if it is not 0
 */
export async function runLocal(run: LocalRun): Promise<number | undefined> {
  const options = await readOptions(run);
  const own = new Belongings({
    clock: run.clock,
    onTrouble: (text) => {
      run.voice.log.warning(visibleLines(text));
    },
  });
  try {
    return await startAndServe(run, options, own);
  } finally {
    await own.close();
  }
}

async function startAndServe(
  run: LocalRun,
  options: LocalOptions,
  own: Belongings,
): Promise<number | undefined> {
  const stop = listenToStop(run, own);
  const starting = start(run, options, own);
  // At Ctrl-C nobody listens any more.
  starting.catch(() => undefined);
  const running = await Promise.race([starting, stop.requested]);
  if (running === undefined) return INTERRUPTED;
  stop.onSecond(() => {
    running.service.kill();
  });
  return serve(running, stop.signal, own);
}

/** Ctrl-C: the first one stops, the second one kills the workers. */
interface Stop {
  signal: AbortSignal;
  requested: Promise<undefined>;
  onSecond: (kill: () => void) => void;
}

function listenToStop({ onCtrlC, terminal, voice }: LocalRun, own: Belongings): Stop {
  const controller = new AbortController();
  let kill: (() => void) | undefined;
  const end = onCtrlC({
    onFirst: () => {
      const more = kill === undefined ? '' : ': workers are told; Ctrl-C again kills them';
      voice.log.notice(`\nStopping${more}`);
      controller.abort();
    },
    onSecond: () => kill?.(),
  });
  own.add('the handling of Ctrl-C', end);
  // Nobody reads any more, as behind `| head`, or in a terminal that was closed. What is written later fails, too.
  for (const stream of [terminal.output, terminal.error]) {
    stream.on('error', () => {
      controller.abort();
    });
  }
  const requested = untilAborted(controller.signal).then(() => undefined);
  return {
    signal: controller.signal,
    requested,
    onSecond: (given) => {
      kill = given;
    },
  };
}

const TIMEOUT = { leastSeconds: 1, mostSeconds: DAY_SECONDS, most: '1d', isBareSeconds: true };
const DEFAULT_TIMEOUT_SECONDS = 300;

interface LocalOptions {
  port: number;
  workers: readonly Worker[];
  /** Undefined: stay up until Ctrl-C. */
  messages: readonly OutgoingMessage[] | undefined;
  timeoutSeconds: number;
}

/** Reads the command line, and finds all that can be wrong with it before anything is done. */
async function readOptions({
  options,
  configuration,
  serviceFolder,
  voice,
}: LocalRun): Promise<LocalOptions> {
  const file = textOption(options, 'messages');
  const name = textOption(options, 'worker');
  const isForOne = name !== undefined || file !== undefined;
  const workers = runnableHere(
    isForOne ? [chooseWorker(configuration, name)] : configuration.workers,
    (text) => {
      voice.log.warning(text);
    },
  );
  return {
    // A run that ends by itself needs no known port.
    port: portOption(options, { least: 0, otherwise: file === undefined ? DEFAULT_PORT : 0 }),
    workers,
    messages:
      file === undefined
        ? undefined
        : await readMessages(file, serviceFolder, addressOf(configuration, workers)),
    timeoutSeconds: durationOption(options, 'timeout', TIMEOUT) ?? DEFAULT_TIMEOUT_SECONDS,
  };
}

/** With `--messages` there is one worker. */
const addressOf = (configuration: Configuration, [worker]: readonly Worker[]): WorkerAddress =>
  workerAddress(configuration, worker!);

/** What the rest of a run needs once the service is up. */
interface Running {
  run: LocalRun;
  options: LocalOptions;
  service: LocalService;
  clients: SendClients;
  lines: LineFan;
  colours: Colours;
}

/** Starts all, one step after the other. */
async function start(typed: LocalRun, early: LocalOptions, own: Belongings): Promise<Running> {
  const { voice } = typed;
  const steps = { ...LOCAL_STEPS, ...typed.steps };
  voice.log.notice('\nPackaging the service');
  // The emulator is started first, so that a port that is in use is known at once.
  const emulator = await own.acquire(
    'the emulator',
    () => steps.startEmulator(emulatorOptions(typed, early)),
    (started) => started.stop(),
  );
  const packaged = await typed.packageService();
  const { run, options } = await asPackaged(typed, early, packaged);
  const { workers, messages } = tellNotHere(options, voice);
  const isStaying = messages === undefined;
  const clients = await openClients(run, emulator, own);
  const colours = coloursFor(run.terminal.output, run.terminal.environment);
  const lines = createLineFan(voice.writeText, { colours, isNamed: workers.length > 1 });
  const handlers = await explained('the handlers', () =>
    steps.openHandlers(workers, handlersInput(run, packaged), own),
  );
  const warn = (text: string) => {
    voice.log.warning(visibleLines(run.asStarted(text)));
  };
  lines.follow(tellNotFound(workers, warn));
  tellMissingVolumes(workers, warn);
  const begin = { steps, endpoint: emulator.endpoint, lines, own };
  const service = await startLocalService(
    {
      ...serviceInput(run, packaged),
      ...{ steps, workers, clients, onLine: lines.onLine },
      template: await readPackage(packaged.folder, packaged.templateFile),
      handlers: handlers.handlers,
      endpoint: emulator.endpoint,
      onMade: (stack, made) => publish(run, localReferences(run.configuration, stack, made), begin),
    },
    own,
  );
  if (isStaying) await handlers.follow(service);
  voice.log.notice(describeService(service, { emulator, isStaying, asStarted: run.asStarted }));
  return { run, options, service, clients, lines, colours };
}

function tellNotHere(options: LocalOptions, { log }: Voice): LocalOptions {
  const { workers } = options;
  const texts = workers.map(describeNotHere).filter((text) => text !== undefined);
  for (const text of [...texts, ...sidecarsNotHere(workers)]) log.warning(visibleLines(text));
  return options;
}

/** Options are read before anything is done, and again if they are of another service by now. */
async function asPackaged(
  typed: LocalRun,
  early: LocalOptions,
  { configuration }: LocalPackage,
): Promise<Pick<Running, 'run' | 'options'>> {
  if (isDeepStrictEqual(configuration, typed.configuration)) return { run: typed, options: early };
  const run = { ...typed, configuration };
  return { run, options: await readOptions(run) };
}

const emulatorOptions = ({ configuration, voice }: LocalRun, { port }: LocalOptions) => ({
  port,
  region: configuration.context.region,
  onRefused: (text: string) => {
    voice.log.warning(text);
  },
});

async function openClients(run: LocalRun, { endpoint }: Emulator, own: Belongings): Promise<SendClients> {
  const emulated = run.clientsAt(endpoint);
  const clients = { sqs: await emulated.sqs(), sns: await emulated.sns() };
  own.add('the clients', () => {
    clients.sqs.destroy();
    clients.sns.destroy();
  });
  return clients;
}

/** Makes the run known to other commands, and begins its log. Both come after packaging, which empties their folder. */
async function publish(
  { serviceFolder, clock, voice, asStarted }: LocalRun,
  references: LocalRunRecord['references'],
  { steps, endpoint, lines, own }: Publishing,
): Promise<void> {
  await own.acquire(
    'the file by which other commands find this run',
    () => steps.publishLocalRun(serviceFolder, { endpoint, references }, clock),
    (published) => published.end(),
  );
  const log = await own.acquire(
    'the log',
    () =>
      steps.startLocalLog(serviceFolder, clock, ({ message }) => {
        const logs = asStarted('`sls watchbot logs --local`');
        voice.log.warning(`${logs} will not have all lines: ${visibleLines(message)}`);
      }),
    (opened) => opened.end(),
  );
  lines.follow((line, worker) => {
    log.write(worker, line);
  });
}

interface Publishing {
  steps: typeof LOCAL_STEPS;
  endpoint: string;
  lines: LineFan;
  own: Belongings;
}

const handlersInput = (
  { configuration, serviceFolder, node, clock, voice }: LocalRun,
  { folder }: LocalPackage,
) => ({
  serviceFolder,
  packageFolder: folder,
  nodeImage: configuration.build.nodeImage,
  node,
  clock,
  voice,
});

/** What the run and the package tell of the service. */
function serviceInput(run: LocalRun, { folder }: LocalPackage) {
  const { configuration, serviceFolder, credentials, voice } = run;
  const { region, stackName } = configuration.context;
  return {
    watcherFile: packagedWatcher(folder),
    serviceFolder,
    region,
    stackName,
    credentials,
    shell: run.terminal.environment,
    namesOf: (worker: Worker) => workerAddress(configuration, worker),
    onMissing: (worker: string, variable: MissingVariable) => {
      voice.log.warning(visibleLines(describeMissing(worker, variable, run.asStarted)));
    },
    onRefused: (refusal: string) => {
      voice.log.warning(visibleLines(refusal));
    },
  };
}

/** Runs the workers until there is no more to do. */
async function serve(running: Running, signal: AbortSignal, own: Belongings): Promise<number | undefined> {
  const ending = new AbortController();
  const done = untilDone(running, AbortSignal.any([signal, ending.signal]));
  own.add('what is being sent', async () => {
    ending.abort();
    // Its own error is told already, or another one was first.
    await done.catch(() => undefined);
  });
  await Promise.race([done, running.service.failed]);
  return signal.aborted && running.options.messages !== undefined ? INTERRUPTED : undefined;
}

async function untilDone(
  { run, options, service, clients, lines, colours }: Running,
  signal: AbortSignal,
): Promise<void> {
  const { voice, configuration, clock } = run;
  const { timeoutSeconds, messages, workers } = options;
  if (messages === undefined) return untilAborted(signal);
  const { sendAndSettle: settle } = { ...LOCAL_STEPS, ...run.steps };
  const [worker] = service.workers;
  const input = {
    address: addressOf(configuration, workers),
    clients,
    deadLetterQueueUrl: worker?.deadLetterQueueUrl,
    timeoutSeconds,
    follow: lines.follow,
    clock,
    signal,
  };
  const { isSettled, reports, seconds } = await explained('--messages', () => settle(messages, input));
  voice.writeText(describeReports(reports, { seconds, colours }));
  if (signal.aborted) return;
  if (!isSettled) throw unsettled(timeoutSeconds);
  lines.hide();
}

function unsettled(timeoutSeconds: number): UserError {
  return UserError.of({
    code: 'WATCHBOT_LOCAL_UNSETTLED',
    place: '--messages',
    given: `messages that are still open after ${timeoutSeconds} s`,
    allowed: 'all done, rejected or in the dead-letter queue',
    advice:
      'raise --timeout, or lower `queue.maxReceives` (which an existing queue has not here): each retry waits twice as long as the one before',
  });
}
