import type { Cancel, Clock } from '../clock';
import { MAX_BATCH } from '../../shared/batches';

/**
 * Gathers entries and sends them in batches of up to ten: at once when a batch is full, else after a short wait for
 * others. The promise of an entry resolves when its own batch has been answered, and rejects with the batch.
 */
export interface Batcher<Entry, Answer> {
  add(entry: Entry): Promise<Answer>;
}

interface Waiting<Entry, Answer> {
  entry: Entry;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

export function createBatcher<Entry, Answer>(parts: {
  send: (entries: readonly Entry[]) => Promise<readonly Answer[]>;
  clock: Clock;
  /** Milliseconds for which an entry waits for others. */
  lingerMs: number;
}): Batcher<Entry, Answer> {
  let waiting: Waiting<Entry, Answer>[] = [];
  let cancelTimer: Cancel | undefined;

  const flush = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) void sendBatch(batch, parts.send);
  };

  return {
    add: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        if (waiting.length >= MAX_BATCH || parts.lingerMs === 0) flush();
        else cancelTimer ??= parts.clock.after(parts.lingerMs, flush);
      }),
  };
}

async function sendBatch<Entry, Answer>(
  batch: readonly Waiting<Entry, Answer>[],
  send: (entries: readonly Entry[]) => Promise<readonly Answer[]>,
): Promise<void> {
  try {
    const answers = await send(batch.map(({ entry }) => entry));
    batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
  } catch (error) {
    batch.forEach(({ reject }) => reject(error));
  }
}
