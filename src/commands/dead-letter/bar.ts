import type { Terminal } from '../command';

/** How far it is. Shown on a terminal only. */
export interface Bar {
  set(count: number, total?: number): void;
  add(count: number): void;
  stop(): void;
}

const NO_BAR: Bar = { set: () => undefined, add: () => undefined, stop: () => undefined };

/** @param what what is being done, like `Replaying` */
export async function progressBar({ error }: Terminal, what: string, total: number): Promise<Bar> {
  if (error.isTTY !== true) return NO_BAR;
  const { SingleBar, Presets } = await import('cli-progress');
  const bar = new SingleBar(
    {
      format: `${what} {bar} {value} of about {total}, {duration_formatted}`,
      stream: error,
      barsize: 30,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    set: (count, newTotal) => {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(count);
    },
    add: (count) => {
      bar.increment(count);
    },
    stop: () => {
      bar.stop();
    },
  };
}
