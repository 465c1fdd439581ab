import type { Terminal, Voice } from './command';

/** Shows how far a long task has come. */
interface ProgressBar {
  add(count: number): void;
  /** Sets how many are done, and of how many. */
  reach(count: number, total: number): void;
  /** Takes the bar away. */
  end(): void;
}

interface Work {
  total: number;
  /** What they are, and what is done with them: `messages replayed`. */
  what: string;
  /** Whether the total is an estimate: SQS counts messages only approximately. */
  isEstimate?: boolean;
}

/** Without a terminal, a line is written each time so many are done. */
const LINE_EVERY = 100_000;

/** A bar on standard error if that is a terminal, else a line now and then. */
export async function createProgressBar(
  { terminal, voice }: { terminal: Terminal; voice: Voice },
  work: Work,
): Promise<ProgressBar> {
  return terminal.error.isTTY === true ? drawnBar(terminal.error, work) : writtenProgress(voice, work);
}

async function drawnBar(
  stream: NodeJS.WritableStream,
  { total, what, isEstimate = false }: Work,
): Promise<ProgressBar> {
  const { Presets, SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(
    {
      stream,
      format: `{bar} {percentage} % | {value} of ${isEstimate ? 'about ' : ''}{total} ${what} | {eta_formatted} to go`,
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
    reach: (count, newTotal) => {
      bar.setTotal(newTotal);
      bar.update(count);
    },
    end: () => {
      bar.stop();
    },
  };
}

function writtenProgress(voice: Voice, { total, what }: Work): ProgressBar {
  let done = 0;
  let told = 0;
  const reach = (count: number, of: number) => {
    done = count;
    if (done - told < LINE_EVERY || done === of) return;
    told = done;
    voice.log.notice(`${done} of ${of} ${what}`);
  };
  return {
    reach,
    add: (count) => {
      reach(done + count, total);
    },
    end: () => undefined,
  };
}
