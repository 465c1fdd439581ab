import type { Terminal, Voice } from './command';

/** Says how far long work has come. */
export interface ProgressBar {
  add(count: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** A line in a log for so many, where nobody watches. */
const LINE_EVERY = 100_000;

/** A bar on standard error where that is a terminal, else a line now and then. */
export async function createProgressBar(
  { terminal, voice }: { terminal: Terminal; voice: Voice },
  { total, what }: { total: number; what: string },
): Promise<ProgressBar> {
  return terminal.error.isTTY === true
    ? drawnBar(terminal.error, { total, what })
    : writtenProgress(voice, { total, what });
}

async function drawnBar(
  stream: NodeJS.WritableStream,
  { total, what }: { total: number; what: string },
): Promise<ProgressBar> {
  const { Presets, SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(
    {
      stream,
      format: `{bar} {percentage} % | {value} of {total} ${what} | {eta_formatted} to go`,
      clearOnComplete: true,
      hideCursor: true,
      etaBuffer: 200,
      barsize: 30,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    add: (count) => {
      bar.increment(count);
    },
    end: () => {
      bar.stop();
    },
  };
}

function writtenProgress(voice: Voice, { total, what }: { total: number; what: string }): ProgressBar {
  let done = 0;
  let told = 0;
  return {
    add: (count) => {
      done += count;
      if (done - told < LINE_EVERY || done === total) return;
      told = done;
      voice.log.notice(`${done} of ${total} ${what}`);
    },
    end: () => undefined,
  };
}
