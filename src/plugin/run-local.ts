import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Worker } from '../config/configuration';
import { packagedWatcher } from '../image/package-paths';
import { startEmulator, type Emulator } from '../features/local/emulators';
import { startLocalService, type LocalService } from '../features/local/service';
import type { CompiledTemplate } from '../features/local/container';
import { INTERRUPTED, DEFAULT_PORT } from '../features/command/command';
import { typedWords, givenOptions } from '../features/command/command-line';
import { visibleLines, coloursFor, type Colours } from '../features/command/terminal-text';
import { workerAddress, chooseWorker } from '../features/stack/workers';
import { startLocalLog } from '../features/logs/local-log/write';
import type { SendClients } from '../features/send/send';
import { LOCAL_CREDENTIALS, localClients } from './clients';
import { numberOption, portOption, textOption } from '../features/command/options';
import { onCtrlC } from './ctrl-c';
import { openHandlers, runnableHere } from './local-handlers';
import { describeLine, describeService } from './local-text';
import { readMessages } from './messages-file';
import { packageFirst, packageFolder } from './package';
import type { CommandParts } from './framework';
import { sendAndSettle } from './send-and-settle';

const MAX_TIMEOUT_SECONDS = 86_400;

/** `sls watchbot local`. */
export async function runLocal(parts: CommandParts): Promise<void> {
  typedWords(process.argv.slice(2), 'local');
  const run = await readOptions(parts);
  parts.utils.log.notice('\nPackaging the service');
  // Before packaging: a port that is taken is known at once.
  const emulator = await startEmulator({
    port: run.port,
    region: parts.configuration.context.region,
    onRefused: (text) => parts.utils.log.warning(text),
  });
  try {
    await packageFirst(parts.serverless);
    await runOn(emulator, parts, run);
  } finally {
    await emulator.stop();
  }
}

interface Run {
  port: number;
  workers: readonly Worker[];
  /** Undefined: stay up until Ctrl-C. */
  messages: readonly string[] | undefined;
  timeoutSeconds: number;
}

/** Everything that can be wrong with the command line, before anything is done. */
async function readOptions({ serverless, configuration, utils, ...parts }: CommandParts): Promise<Run> {
  const options = givenOptions('local', parts.options);
  const file = textOption(options, 'messages');
  const name = textOption(options, 'worker');
  const isForOne = name !== undefined || file !== undefined;
  return {
    // A run that ends by itself needs no known port.
    port: portOption(options, { least: 0, otherwise: file === undefined ? DEFAULT_PORT : 0 }),
    workers: runnableHere(isForOne ? [chooseWorker(configuration, name)] : configuration.workers, (text) =>
      utils.log.warning(text),
    ),
    messages: file === undefined ? undefined : await readMessages(file, serverless.serviceDir),
    timeoutSeconds: numberOption(options, 'timeout', { least: 1, most: MAX_TIMEOUT_SECONDS, otherwise: 300 }),
  };
}

async function runOn(emulator: Emulator, parts: CommandParts, run: Run): Promise<void> {
  const { serverless, utils, configuration } = parts;
  const colours = coloursFor(process.stdout, process.env);
  const lines = createLineFan(utils.writeText, { colours, isNamed: run.workers.length > 1 });
  // After packaging, which empties the folder.
  const log = await startLocalLog(serverless.serviceDir, ({ message }) =>
    utils.log.warning(`\`sls watchbot logs --local\` will not have all lines: ${visibleLines(message)}`),
  );
  const emulated = localClients(serverless.getProvider('aws'), emulator.endpoint);
  const clients = { sqs: await emulated.sqs(), sns: await emulated.sns() };
  const handlers = await openHandlers(parts, run.workers);
  try {
    const service = await startLocalService({
      ...configuration.context,
      handlers: handlers.handlers,
      ...(await readPackage(parts)),
      workers: run.workers,
      endpoint: emulator.endpoint,
      credentials: LOCAL_CREDENTIALS,
      clients,
      shell: process.env,
      queueNameOf: (worker) => workerAddress(configuration, worker).queueName,
      onLine: (worker, line) => {
        lines.onLine(worker, line);
        log.write(worker, line);
      },
      onWarning: (text) => utils.log.warning(visibleLines(text)),
    });
    if (run.messages === undefined) await handlers.follow(service);
    utils.log.notice(describeService(service, { emulator, isStaying: run.messages === undefined }));
    const done = untilDone(service, clients, { parts, run, lines, colours });
    await Promise.race([done, service.failed]).finally(() => service.stop());
  } finally {
    // Also where the service could not start: an open bundler keeps the process from ending.
    await handlers.stop();
    await log.end();
  }
}

async function untilDone(
  service: LocalService,
  clients: SendClients,
  { parts, run, lines, colours }: { parts: CommandParts; run: Run; lines: LineFan; colours: Colours },
): Promise<void> {
  const { utils, configuration } = parts;
  const stopping = new AbortController();
  const interrupted = onCtrlC({
    onFirst: () => {
      utils.log.notice('\nStopping: workers are told; Ctrl-C again kills them');
      stopping.abort();
    },
    onSecond: () => service.kill(),
  });
  const [worker] = run.workers;
  if (run.messages === undefined || worker === undefined) return interrupted;
  await sendAndSettle({
    ...run,
    service,
    clients,
    configuration,
    worker,
    messages: run.messages,
    utils,
    colours,
    follow: lines.follow,
    signal: stopping.signal,
  });
  if (stopping.signal.aborted) process.exitCode = INTERRUPTED;
  else lines.hide();
}

/** Where the framework has just written the package. */
async function readPackage({ serverless, options }: CommandParts) {
  const folder = packageFolder(serverless, options);
  const file = path.join(folder, serverless.getProvider('aws').naming.getCompiledTemplateFileName());
  return {
    template: JSON.parse(await readFile(file, 'utf8')) as CompiledTemplate,
    watcherFile: packagedWatcher(folder),
    serviceFolder: serverless.serviceDir,
  };
}

/** Lines of the watchers: shown, and read by whoever follows them. */
interface LineFan {
  onLine: (worker: string, line: string) => void;
  follow: (reader: (line: string) => void) => void;
  /** What comes now is the end of a watcher with nothing in hand: the result shall stand last. */
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
      readers.forEach((read) => read(line));
    },
    follow: (reader) => void readers.push(reader),
    hide: () => {
      isHidden = true;
    },
  };
}
