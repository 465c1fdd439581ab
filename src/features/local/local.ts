import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DAY_SECONDS } from '../../shared/durations';
import type { Configuration, Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import { packagedWatcher } from '../../image/package-folder';
import type { Clock } from '../../shared/clock';
import { DEFAULT_PORT, INTERRUPTED, type Options, type Terminal, type Voice } from '../command/command';
import { numberOption, portOption, textOption } from '../command/options';
import { coloursFor, visibleLines, type Colours } from '../command/terminal-text';
import { startLocalLog } from '../logs/local-log';
import type { SendClients } from '../send/sender';
import type { Clients } from '../stack/clients';
import { chooseWorker, workerAddress } from '../stack/workers';
import type { MissingVariable } from './container';
import { startEmulator, type Emulator } from './emulators';
import { openHandlers, runnableHere } from './handlers';
import { startLocalService, type LocalService } from './service';
import { sendAndSettle } from './settle';
import type { CompiledTemplate } from './stack';
import { describeLine, describeMissing, describeReports, describeService } from './text';

/** What a local run is given of the framework and of the process. */
export interface LocalRun {
  /** As they were typed. */
  options: Options;
  configuration: Configuration;
  /** The folder of serverless.yml. */
  serviceFolder: string;
  /** Packages the service as `sls package` does. */
  packageService(): Promise<LocalPackage>;
  /** Clients that reach the emulator. */
  clientsAt(endpoint: string): Pick<Clients, 'sqs' | 'sns'>;
  /** The credentials of those clients, and of the workers. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Resolves at the first Ctrl-C. */
  onCtrlC(listeners: { onFirst: () => void; onSecond: () => void }): Promise<void>;
  terminal: Pick<Terminal, 'output' | 'environment'>;
  voice: Voice;
  /** The Node that runs this, with which handlers are run too. */
  node: { program: string; version: string };
  clock: Clock;
}

/** Where the framework has written the package. */
interface LocalPackage {
  folder: string;
  templateFile: string;
}

/**
 * `sls watchbot local`. It stays up until Ctrl-C, or with `--messages` until all of them are settled.
 * @returns the exit code, if it is not 0
 */
export async function runLocal(run: LocalRun): Promise<number | undefined> {
  const { configuration, voice } = run;
  const options = await readOptions(run);
  voice.log.notice('\nPackaging the service');
  // The emulator is started first, so that a port that is in use is known at once.
  const emulator = await startEmulator({
    port: options.port,
    region: configuration.context.region,
    onRefused: (text) => {
      voice.log.warning(text);
    },
  });
  try {
    return await serve(run, { options, emulator, packaged: await run.packageService() });
  } finally {
    await emulator.stop();
  }
}

const MAX_TIMEOUT_SECONDS = DAY_SECONDS;
const DEFAULT_TIMEOUT_SECONDS = 300;

interface LocalOptions {
  port: number;
  workers: readonly Worker[];
  /** Undefined: stay up until Ctrl-C. */
  messages: readonly string[] | undefined;
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
  return {
    // A run that ends by itself needs no known port.
    port: portOption(options, { least: 0, otherwise: file === undefined ? DEFAULT_PORT : 0 }),
    workers: runnableHere(isForOne ? [chooseWorker(configuration, name)] : configuration.workers, (text) => {
      voice.log.warning(text);
    }),
    messages: file === undefined ? undefined : await readMessages(file, serviceFolder),
    timeoutSeconds: numberOption(options, 'timeout', {
      least: 1,
      most: MAX_TIMEOUT_SECONDS,
      otherwise: DEFAULT_TIMEOUT_SECONDS,
    }),
  };
}

/**
 * The messages of a file: each line that is not blank is one.
 * @throws {UserError} `WATCHBOT_MESSAGES_FILE`
 */
async function readMessages(file: string, serviceFolder: string): Promise<string[]> {
  const refuse = (given: string, cause?: unknown) =>
    UserError.of(
      {
        code: 'WATCHBOT_MESSAGES_FILE',
        place: '--messages',
        given,
        allowed: 'a text file with a message in each line',
      },
      cause,
    );
  const text = await readFile(path.resolve(serviceFolder, file), 'utf8').catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw refuse(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, cause);
  });
  const messages = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (messages.length === 0) throw refuse(`${file}, which is empty`);
  return messages;
}

/** A packaged service, and the emulator that it runs against. */
interface Packaged {
  options: LocalOptions;
  emulator: Emulator;
  packaged: LocalPackage;
}

/** Runs the workers until there is no more to do. */
async function serve(run: LocalRun, { options, emulator, packaged }: Packaged): Promise<number | undefined> {
  const { configuration, serviceFolder, voice } = run;
  const { workers } = options;
  const colours = coloursFor(run.terminal.output, run.terminal.environment);
  const lines = createLineFan(voice.writeText, { colours, isNamed: workers.length > 1 });
  // The log begins after packaging, which empties its folder.
  const log = await startLocalLog(serviceFolder, run.clock, ({ message }) => {
    voice.log.warning(`\`sls watchbot logs --local\` will not have all lines: ${visibleLines(message)}`);
  });
  const emulated = run.clientsAt(emulator.endpoint);
  const clients = { sqs: await emulated.sqs(), sns: await emulated.sns() };
  const handlers = await openHandlers(workers, {
    serviceFolder,
    packageFolder: packaged.folder,
    nodeImage: configuration.build.nodeImage,
    node: run.node,
    clock: run.clock,
    voice,
  });
  try {
    const service = await startLocalService({
      ...(await serviceInput(run, packaged)),
      workers,
      handlers: handlers.handlers,
      endpoint: emulator.endpoint,
      clients,
      onLine: (worker, line) => {
        lines.onLine(worker, line);
        log.write(worker, line);
      },
    });
    if (options.messages === undefined) await handlers.follow(service);
    voice.log.notice(describeService(service, { emulator, isStaying: options.messages === undefined }));
    const done = untilDone(service, { run, options, clients, lines, colours });
    return await Promise.race([done, service.failed]).finally(() => service.stop());
  } finally {
    // Even if the service could not start: an open bundler keeps the process from ending.
    await handlers.stop();
    await log.end();
  }
}

/** What the run and the package tell of the service. */
async function serviceInput(run: LocalRun, { folder, templateFile }: LocalPackage) {
  const { configuration, serviceFolder, credentials, voice } = run;
  const { region, stackName } = configuration.context;
  const text = await readFile(path.join(folder, templateFile), 'utf8');
  return {
    template: JSON.parse(text) as CompiledTemplate,
    watcherFile: packagedWatcher(folder),
    serviceFolder,
    region,
    stackName,
    credentials,
    shell: run.terminal.environment,
    queueNameOf: (worker: Worker) => workerAddress(configuration, worker).queueName,
    onMissing: (worker: string, variable: MissingVariable) => {
      voice.log.warning(visibleLines(describeMissing(worker, variable)));
    },
    onRefused: (refusal: string) => {
      voice.log.warning(visibleLines(refusal));
    },
  };
}

/** What the rest of a run needs once the service is up. */
interface Running {
  run: LocalRun;
  options: LocalOptions;
  clients: SendClients;
  lines: LineFan;
  colours: Colours;
}

async function untilDone(service: LocalService, running: Running): Promise<number | undefined> {
  const { run, options, clients, lines, colours } = running;
  const { voice, configuration } = run;
  const stopping = new AbortController();
  const interrupted = run.onCtrlC({
    onFirst: () => {
      voice.log.notice('\nStopping: workers are told; Ctrl-C again kills them');
      stopping.abort();
    },
    onSecond: () => {
      service.kill();
    },
  });
  const [worker] = options.workers;
  if (options.messages === undefined || worker === undefined) {
    await interrupted;
    return undefined;
  }
  const { timeoutSeconds, messages } = options;
  const { isSettled, reports, seconds } = await sendAndSettle(messages, {
    worker,
    address: workerAddress(configuration, worker),
    clients,
    deadLetterQueueUrl: service.workers.find(({ name }) => name === worker.name)?.deadLetterQueueUrl,
    timeoutSeconds,
    follow: lines.follow,
    clock: run.clock,
    signal: stopping.signal,
  });
  voice.writeText(describeReports(reports, { seconds, colours }));
  if (stopping.signal.aborted) return INTERRUPTED;
  if (!isSettled) throw unsettled(timeoutSeconds);
  lines.hide();
  return undefined;
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

/** Hands the watchers' lines to the screen, and to whoever follows them. */
interface LineFan {
  onLine: (worker: string, line: string) => void;
  follow: (reader: (line: string) => void) => void;
  /**
   * From now on nothing is shown: watchers only say that they end, and the result is to be the last thing on the
   * screen.
   */
  hide: () => void;
}

function createLineFan(
  writeText: (text: string) => void,
  { colours, isNamed }: { colours: Colours; isNamed: boolean },
): LineFan {
  const readers: ((line: string) => void)[] = [];
  let isHidden = false;
  const show = (worker: string, line: string) => {
    const shown = describeLine(line, colours);
    writeText(isNamed ? `${worker} | ${shown}` : shown);
  };
  return {
    onLine: (worker, line) => {
      if (!isHidden) show(worker, line);
      readers.forEach((read) => {
        read(line);
      });
    },
    follow: (reader) => void readers.push(reader),
    hide: () => {
      isHidden = true;
    },
  };
}
