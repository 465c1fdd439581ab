import { UserError } from '../../errors/user-error';
import { chooseWorker, deployedWorkers } from '../stack/workers';
import { styleFor } from '../command/terminal-text';
import { statusReader, type WorkerStatus } from './worker-status';
import type { CommandRun } from '../command/command';
import { textOption } from '../command/options';
import { statusJson } from './json';
import { workerScreen } from './screen';
import { everySeconds, inPlace } from './watch';

const LOOK_SECONDS = 3;

/** `sls watchbot status`. */
export async function runStatus(run: CommandRun): Promise<void> {
  const { options, voice, terminal, signal } = run;
  const isJson = options.json === true;
  if (options.watch === true && !isJson && terminal.output.isTTY !== true) throw noTerminal();
  const read = await reader(run);
  const show = async () => (isJson ? json(run, await read()) : screen(run, await read()));
  if (options.watch !== true) {
    voice.writeText(await show());
  } else if (isJson) {
    await everySeconds(LOOK_SECONDS, signal, async () => {
      voice.writeText(await show());
    });
  } else {
    await inPlace(terminal, { seconds: LOOK_SECONDS, signal, show });
  }
}

function noTerminal(): UserError {
  return UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: '--watch',
    given: 'standard output that is no terminal',
    allowed: 'a terminal, or --json: a line for each look',
  });
}

async function reader({
  configuration,
  options,
  target,
}: CommandRun): Promise<() => Promise<WorkerStatus[]>> {
  const name = textOption(options, 'worker');
  const workers = name === undefined ? configuration.workers : [chooseWorker(configuration, name)];
  const deployed = await deployedWorkers(target, configuration, workers);
  const readers = workers.map((worker, index) =>
    statusReader(target, { configuration, worker, deployed: deployed[index]! }),
  );
  return () => Promise.all(readers.map((read) => read()));
}

function json({ configuration: { context }, target }: CommandRun, statuses: readonly WorkerStatus[]): string {
  const { service, stage, region } = context;
  return JSON.stringify({
    at: new Date().toISOString(),
    service,
    stage,
    region,
    isLocal: target.isLocal,
    workers: statuses.map(statusJson),
  });
}

async function screen(
  { configuration: { context }, target, terminal }: CommandRun,
  statuses: readonly WorkerStatus[],
): Promise<string> {
  const look = styleFor(terminal);
  const now = new Date();
  const heading = look.colours.dim(
    `${context.service}, stage ${context.stage} (${target.text}), ${now.toISOString().slice(0, -5)}Z`,
  );
  const parts = await Promise.all(
    statuses.map((status) => workerScreen(status, look, { nowMs: now.getTime(), isLocal: target.isLocal })),
  );
  return [heading, ...parts].join('\n\n');
}
