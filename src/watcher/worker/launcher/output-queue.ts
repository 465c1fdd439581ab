import { WINDOW_BYTES } from './protocol';

/** One stream of a worker, as it comes from the launcher: no more than a window of it is here at once. */
export class OutputQueue implements AsyncIterable<Buffer> {
  private readonly giveCredit: (bytes: number) => void;
  private chunks: Buffer[] = [];
  private usedBytes = 0;
  private wake: () => void = () => undefined;
  isClosed = false;

  /** @param giveCredit is told how much has been used since it was told last */
  constructor(giveCredit: (bytes: number) => void) {
    this.giveCredit = giveCredit;
  }

  push(chunk: Buffer): void {
    if (this.isClosed) return;
    this.chunks.push(chunk);
    this.wake();
  }

  /** Nothing comes any more; what has come can still be read. */
  close(): void {
    this.isClosed = true;
    this.wake();
  }

  /** No generator: most workers write nothing, and two of those would be most of what reading nothing costs. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    let usedBytes = 0;
    return {
      next: async () => {
        this.use(usedBytes);
        while (this.chunks.length === 0 && !this.isClosed) {
          await new Promise<void>((resolve) => (this.wake = resolve));
        }
        const chunk = this.chunks.shift();
        usedBytes = chunk?.length ?? 0;
        return chunk === undefined ? { value: undefined, done: true } : { value: chunk };
      },
    };
  }

  /** Told in big steps: most workers write so little that it need not be told at all. */
  private use(bytes: number): void {
    this.usedBytes += bytes;
    if (this.isClosed || this.usedBytes < WINDOW_BYTES / 2) return;
    this.giveCredit(this.usedBytes);
    this.usedBytes = 0;
  }
}
