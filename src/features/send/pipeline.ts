import { jitteredWait } from '../../shared/backoff';
import { MAX_BATCH } from '../../shared/batches';
import { pause, type Clock } from '../../shared/clock';
import { MIB } from '../../shared/sizes';
import { isTransient } from '../stack/calls';
import type { NumberedMessage } from './file-messages';
import { messageBytes, type Channel } from './message';
import type { RefusedEntry, SendBatch } from './sender';

/** A message that AWS will not take. */
export interface FailedLine {
  line: number;
  code: string;
  reason: string;
}

export interface PipelineResult {
  sent: number;
  failed: readonly FailedLine[];
  /** In a FIFO queue: messages that a later one of their group went past, since AWS took a call in part. */
  overtaken: readonly number[];
  /** All lines before it were sent, but for those that failed. Undefined: the file was sent to its end. */
  nextLine: number | undefined;
  /** What it stopped for. */
  error: unknown;
}

interface SendAllOptions {
  messages: AsyncIterable<NumberedMessage>;
  sendBatch: SendBatch;
  channel: Channel;
  clock: Clock;
  random: () => number;
  /** Given to stop after what is under way. */
  signal: AbortSignal;
  onSent: (count: number) => void;
}

/** Calls under way at once: more would only be throttled. */
const PARALLEL = 16;
const MAX_TRIES = 8;
const BACKOFF_MS = { first: 200, most: 10_000 };
/** If so many messages are refused, the file is the wrong one. */
const MAX_FAILED = 100;

/** Sends many messages in constant memory, in batches, several at once. */
export async function sendAll(options: SendAllOptions): Promise<PipelineResult> {
  return new Pipeline(options).run();
}

class Pipeline {
  private readonly window: Window;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private readonly failed: FailedLine[] = [];
  private readonly overtaken: number[] = [];
  private readonly unsent: number[] = [];
  private sent = 0;
  private lastRead = 0;
  private isRead = false;
  private error: unknown;

  constructor(private readonly options: SendAllOptions) {
    this.window = new Window(options.channel);
  }

  async run(): Promise<PipelineResult> {
    const { signal, messages } = this.options;
    const onStop = () => {
      this.stop.abort();
    };
    signal.addEventListener('abort', onStop);
    if (signal.aborted) onStop();
    const iterator = messages[Symbol.asyncIterator]();
    try {
      for (;;) {
        await this.read(iterator);
        this.start();
        if (this.isDone) break;
        await Promise.race(this.underWay);
      }
    } finally {
      signal.removeEventListener('abort', onStop);
      await Promise.all(this.underWay);
      await iterator.return?.();
    }
    return this.result();
  }

  private get isStopping(): boolean {
    return this.stop.signal.aborted;
  }

  private get isDone(): boolean {
    if (this.underWay.size > 0) return false;
    return this.isStopping || (this.isRead && this.window.lines.length === 0);
  }

  private async read(iterator: AsyncIterator<NumberedMessage>): Promise<void> {
    while (!this.isRead && !this.isStopping && this.window.hasRoom) {
      const next = await iterator.next().catch((error: unknown) => {
        this.fail(error);
        return undefined;
      });
      if (next === undefined) return;
      if (next.done === true) this.isRead = true;
      else {
        this.lastRead = next.value.line;
        this.window.add(next.value);
      }
    }
  }

  private start(): void {
    while (!this.isStopping && this.underWay.size < PARALLEL) {
      const batch = this.window.take();
      if (batch.length === 0) return;
      const sending: Promise<void> = this.send(batch).finally(() => {
        this.window.release(batch);
        this.underWay.delete(sending);
      });
      this.underWay.add(sending);
    }
  }

  /** Tries until all are sent or given up. Never rejects. */
  private async send(batch: readonly NumberedMessage[]): Promise<void> {
    let left = batch;
    for (let tries = 0; ; tries += 1) {
      const refused = await this.try(left, tries + 1 === MAX_TRIES);
      this.count(left, refused);
      this.giveUp(left, refused);
      left = refused.filter(({ isFinal }) => !isFinal).map(({ index }) => left[index]!);
      if (left.length === 0) return;
      const { clock, random } = this.options;
      await pause(clock, jitteredWait(tries, BACKOFF_MS, random), this.stop.signal);
      if (this.isStopping) return void this.unsent.push(...left.map(({ line }) => line));
    }
  }

  private async try(batch: readonly NumberedMessage[], isLast: boolean): Promise<RefusedEntry[]> {
    try {
      const refused = await this.options.sendBatch(batch.map(({ message }) => message));
      return isLast ? refused.map((entry) => ({ ...entry, isFinal: true })) : refused;
    } catch (error) {
      if (isLast || !isTransient(error)) this.fail(error);
      return batch.map((_, index) => ({ index, code: '', reason: '', isFinal: false }));
    }
  }

  private count(batch: readonly NumberedMessage[], refused: readonly RefusedEntry[]): void {
    const count = batch.length - refused.length;
    this.sent += count;
    if (count > 0) this.options.onSent(count);
    if (!this.options.channel.isFifo || count === 0) return;
    const indices = new Set(refused.map(({ index }) => index));
    const isTaken = (index: number) => !indices.has(index);
    const groupAt = (index: number) => batch[index]?.message.groupId;
    this.overtaken.push(
      ...refused
        .filter(({ index }) =>
          batch.some((_, later) => later > index && isTaken(later) && groupAt(later) === groupAt(index)),
        )
        .map(({ index }) => batch[index]!.line),
    );
  }

  /** In a FIFO queue, a message that is refused stops those behind it, which would lose their order. */
  private giveUp(batch: readonly NumberedMessage[], refused: readonly RefusedEntry[]): void {
    for (const { index, code, reason } of refused.filter(({ isFinal }) => isFinal)) {
      const { line } = batch[index]!;
      this.failed.push({ line, code, reason });
      if (this.options.channel.isFifo) this.unsent.push(line);
      if (this.options.channel.isFifo || this.failed.length >= MAX_FAILED) this.stop.abort();
    }
  }

  private fail(error: unknown): void {
    this.error ??= error;
    this.stop.abort();
  }

  private result(): PipelineResult {
    const { sent, failed, overtaken, error } = this;
    const unsent = [...this.unsent, ...this.window.lines].sort((a, b) => a - b);
    const nextLine = unsent[0] ?? (this.isRead ? undefined : this.lastRead + 1);
    return { sent, failed: [...failed].sort((a, b) => a.line - b.line), overtaken, nextLine, error };
  }
}

/** What is read ahead: enough for all calls under way at once, and no more than memory should hold. */
const MAX_MESSAGES = 1_000;
const MAX_BYTES = 8 * MIB;

/**
 * Messages that were read and wait to be sent, in order. With FIFO, one batch at a time has messages of a group, so that
 * they keep their order; messages of other groups go past them.
 */
class Window {
  private waiting: NumberedMessage[] = [];
  private bytes = 0;
  private readonly busyGroups = new Set<string>();

  constructor(private readonly channel: Channel) {}

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

  /** The next batch; empty if all that waits must wait for a batch under way. Its groups are busy until `release`. */
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
      if (batch.length > 0 && bytes + size > this.channel.maxBytes) break;
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
    return this.channel.isFifo ? groupId : undefined;
  }

  /** @param end the index after the last message of the batch */
  private remove(batch: ReadonlySet<NumberedMessage>, end: number): void {
    if (batch.size === 0) return;
    const rest = this.waiting.slice(0, end).filter((each) => !batch.has(each));
    this.waiting = [...rest, ...this.waiting.slice(end)];
  }
}
