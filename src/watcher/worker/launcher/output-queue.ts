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

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.chunks.shift();
      if (chunk !== undefined) {
        yield chunk;
        this.use(chunk.length);
      } else if (this.isClosed) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }

  /** Told in big steps: most workers write so little that it need not be told at all. */
  private use(bytes: number): void {
    this.usedBytes += bytes;
    if (this.isClosed || this.usedBytes < WINDOW_BYTES / 2) return;
    this.giveCredit(this.usedBytes);
    this.usedBytes = 0;
  }
}
