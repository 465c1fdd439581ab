import { MIB } from '../../shared/sizes';
import { MAX_BATCH } from '../../shared/batches';
import { messageBytes, type OutgoingMessage } from './message';

/** A message of a file. */
export interface NumberedMessage {
  /** From 1. */
  line: number;
  message: OutgoingMessage;
}

/** What is read ahead: enough for all calls under way at once, and no more than memory should hold. */
const MAX_MESSAGES = 1_000;
const MAX_BYTES = 8 * MIB;

/**
 * Messages that were read and wait to be sent, in order. With FIFO, one batch at a time has messages of a group, so that
 * they keep their order; messages of other groups go past them.
 */
export class Window {
  private waiting: NumberedMessage[] = [];
  private bytes = 0;
  private readonly busyGroups = new Set<string>();

  constructor(private readonly way: { isFifo: boolean; maxBytes: number }) {}

  get hasRoom(): boolean {
    return this.waiting.length < MAX_MESSAGES && this.bytes < MAX_BYTES;
  }

  /** Lines that wait, in order. */
  get lines(): number[] {
    return this.waiting.map(({ line }) => line);
  }

  add(message: NumberedMessage): void {
    this.waiting.push(message);
    this.bytes += messageBytes(message.message);
  }

  /** The next batch; empty where all that waits must wait for a batch under way. Its groups are busy until `release`. */
  take(): NumberedMessage[] {
    const batch: NumberedMessage[] = [];
    const held = new Set(this.busyGroups);
    let bytes = 0;
    let index = 0;
    for (; index < this.waiting.length && batch.length < MAX_BATCH; index += 1) {
      const next = this.waiting[index]!;
      const group = this.groupOf(next);
      if (group !== undefined && held.has(group)) continue;
      const size = messageBytes(next.message);
      if (batch.length > 0 && bytes + size > this.way.maxBytes) break;
      bytes += size;
      batch.push(next);
    }
    this.remove(new Set(batch), index);
    this.bytes -= bytes;
    for (const each of batch) {
      const group = this.groupOf(each);
      if (group !== undefined) this.busyGroups.add(group);
    }
    return batch;
  }

  release(batch: readonly NumberedMessage[]): void {
    for (const each of batch) {
      const group = this.groupOf(each);
      if (group !== undefined) this.busyGroups.delete(group);
    }
  }

  private groupOf({ message: { groupId = '' } }: NumberedMessage): string | undefined {
    return this.way.isFifo ? groupId : undefined;
  }

  /** @param end all of the batch is before it */
  private remove(batch: ReadonlySet<NumberedMessage>, end: number): void {
    if (batch.size === 0) return;
    const left = this.waiting.slice(0, end).filter((each) => !batch.has(each));
    this.waiting = [...left, ...this.waiting.slice(end)];
  }
}
