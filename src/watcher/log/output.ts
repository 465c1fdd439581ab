import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import type { Write } from './logger';

/** More than this is too much for one turn: whoever writes waits for its end. */
const MOST_IN_TURN_CHARACTERS = 16_384;

/**
 * Writes to a stream, once in each turn of the event loop: each write wakes whoever reads the log, and a turn often has
 * the end of one job and the beginning of the next. Where nobody reads it any more, work goes on without a log.
 */
export class Output {
  private readonly stream: Writable;
  private isBroken: boolean;
  /** In this turn. */
  private written = '';
  /** One for all who wait: each with a listener of its own would be too many. */
  private drained: Promise<void> | undefined;
  private release: () => void = () => undefined;

  constructor(stream: Writable) {
    this.stream = stream;
    this.isBroken = stream.destroyed;
    stream.on('drain', () => {
      this.release();
    });
    for (const end of ['error', 'close']) {
      stream.on(end, () => {
        this.isBroken = true;
        this.release();
      });
    }
  }

  readonly write: Write = (text) => {
    if (this.isBroken || text === '') return undefined;
    if (this.written === '') nextTick(this.flush);
    this.written += text;
    const hasRoom = this.written.length < MOST_IN_TURN_CHARACTERS && !this.stream.writableNeedDrain;
    return hasRoom ? undefined : this.whenDrained();
  };

  /** Hands over what was written in this turn. To be called when the process exits, too. */
  readonly flush = (): void => {
    const text = this.written;
    this.written = '';
    if (text !== '' && !this.isBroken && this.hand(text)) this.release();
  };

  /** Whether there is room for more. A file's own stream may throw: a full disk is no reason to end. */
  private hand(text: string): boolean {
    try {
      return this.stream.write(text);
    } catch {
      this.isBroken = true;
      return true;
    }
  }

  /** Resolves when all that was written has left the process, which must not exit before. Never rejects. */
  flushed(): Promise<void> {
    this.flush();
    return new Promise((resolve) => {
      if (this.isBroken) return resolve();
      try {
        this.stream.write('', () => {
          resolve();
        });
      } catch {
        resolve();
      }
    });
  }

  private whenDrained(): Promise<void> {
    return (this.drained ??= new Promise((resolve) => {
      this.release = () => {
        this.drained = undefined;
        resolve();
      };
    }));
  }
}
