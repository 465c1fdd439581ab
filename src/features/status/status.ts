import { UserError } from '../../errors/user-error';
import { pause } from '../../shared/clock';
import type { CommandRun } from '../command/command';
import { argumentProblem, textOption } from '../command/options';
import { styleFor, visibleOutput } from '../command/terminal-text';
import { chooseWorker, deployedWorkers } from '../stack/workers';
import { statusJson, workerScreen } from './text';
import { statusReader, type WorkerStatus } from './worker-status';

const LOOK_SECONDS = 3;

/** `sls watchbot status`. */
export async function runStatus(run: CommandRun): Promise<void> {
  const { options, voice, terminal } = run;
  const isJson = options.json === true;
  if (options.watch === true && !isJson && terminal.output.isTTY !== true) throw noTerminal();
  const read = await openStatus(run);
  const show = async () => (isJson ? json(run, await read()) : screen(run, await read()));
  if (options.watch !== true) {
    voice.writeText(await show());
  } else if (isJson) {
    await everySeconds(LOOK_SECONDS, run, async () => {
      voice.writeText(await show());
    });
  } else {
    await showInPlace(run, show);
  }
}

function noTerminal(): UserError {
  return UserError.of(
    argumentProblem('--watch', {
      given: 'standard output that is no terminal',
      allowed: 'a terminal, or --json: a line for each look',
    }),
  );
}

/** Gives what reads the status of the chosen workers, or of all. */
async function openStatus({
  configuration,
  options,
  target,
  clock,
}: CommandRun): Promise<() => Promise<WorkerStatus[]>> {
  const name = textOption(options, 'worker');
  const workers = name === undefined ? configuration.workers : [chooseWorker(configuration, name)];
  const deployed = await deployedWorkers(target, configuration, workers);
  const readers = deployed.map((each) => statusReader(target, configuration, each, clock));
  return () => Promise.all(readers.map((read) => read()));
}

function json(
  { configuration: { context }, target, clock }: CommandRun,
  statuses: readonly WorkerStatus[],
): string {
  const { service, stage, region } = context;
  return JSON.stringify({
    at: new Date(clock.now()).toISOString(),
    service,
    stage,
    region,
    isLocal: target.isLocal,
    workers: statuses.map(statusJson),
  });
}

async function screen(
  { configuration: { context }, target, terminal, clock }: CommandRun,
  statuses: readonly WorkerStatus[],
): Promise<string> {
  const style = styleFor(terminal);
  const nowMs = clock.now();
  const heading = style.colours.dim(
    `${context.service}, stage ${context.stage} (${target.text}), ${new Date(nowMs).toISOString().slice(0, -5)}Z`,
  );
  const parts = await Promise.all(
    statuses.map((status) => workerScreen(status, style, { nowMs, isLocal: target.isLocal })),
  );
  return [heading, ...parts].join('\n\n');
}

/** Repeats it until the signal. */
async function everySeconds(
  seconds: number,
  { clock, signal }: Pick<CommandRun, 'clock' | 'signal'>,
  look: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await look();
    await pause(clock, seconds * 1000, signal);
  }
}

/** https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const END_OF_LINE = '\u001b[K';
const END_OF_SCREEN = '\u001b[J';

const DEFAULT_ROWS = 24;

/**
 * Shows a text on a screen of its own, and renews it every few seconds. What the terminal showed before is back
 * afterwards, with the last text below it.
 */
async function showInPlace(
  run: Pick<CommandRun, 'terminal' | 'clock' | 'signal'>,
  show: () => Promise<string>,
): Promise<void> {
  const { output } = run.terminal;
  // The first look fails as it would without --watch.
  let text = visibleOutput(await show());
  output.write(ENTER);
  try {
    let isFirst = true;
    await everySeconds(LOOK_SECONDS, run, async () => {
      const note = isFirst ? '' : await renew();
      isFirst = false;
      output.write(frame(note === '' ? text : `${note}\n\n${text}`, output.rows ?? DEFAULT_ROWS));
    });
  } finally {
    output.write(`${LEAVE}${text}\n`);
  }

  /** A look that fails, since the network is away, does not end it: the last text stays. */
  async function renew(): Promise<string> {
    try {
      text = visibleOutput(await show());
      return '';
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message;
    }
  }
}

/** As much of the text as there is room for. */
function frame(text: string, rows: number): string {
  const lines = [...text.split('\n'), '', 'Ctrl-C ends.'];
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), '…'];
  return HOME + shown.map((line) => line + END_OF_LINE).join('\n') + END_OF_SCREEN;
}
