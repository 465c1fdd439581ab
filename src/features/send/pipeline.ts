import { jitteredWait } from '../../shared/backoff';
import { isTransient, pause } from '../stack/calls';
import type { RefusedEntry, SendBatch } from './batch';
import { Window, type NumberedMessage } from './window';

/** A message that AWS will not take. */
export interface FailedLine {
  line: number;
  code: string;
  reason: string;
}

export interface PipelineResult {
  sent: number;
  failed: readonly FailedLine[];
  /** Of a FIFO queue: messages that a later one of their group went past, since a call took them in part. */
  overtaken: readonly number[];
  /** All lines before it were sent, but for those that failed. Undefined: the file was sent to its end. */
  nextLine: number | undefined;
  /** For which it stopped. */
  error: unknown;
}

export interface PipelineParts {
  messages: AsyncIterable<NumberedMessage>;
  sendBatch: SendBatch;
  way: { isFifo: boolean; maxBytes: number };
  /** Given to stop after what is under way. */
  signal: AbortSignal;
  onSent: (count: number) => void;
}

/** Calls under way at once: more would only be throttled. */
const PARALLEL = 16;
const MAX_TRIES = 8;
const BACKOFF_MS = { first: 200, most: 10_000 };
/** A file of which so many are refused is the wrong file. */
const MAX_FAILED = 100;

/** Sends many messages in constant memory, in batches, several at once. */
export async function sendAll(parts: PipelineParts): Promise<PipelineResult> {
  return new Pipeline(parts).run();
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

  constructor(private readonly parts: PipelineParts) {
    this.window = new Window(parts.way);
  }

  async run(): Promise<PipelineResult> {
    const { signal, messages } = this.parts;
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

  /** Until all are sent or given up. Never rejects. */
  private async send(batch: readonly NumberedMessage[]): Promise<void> {
    let left = batch;
    for (let tries = 0; ; tries += 1) {
      const refused = await this.try(left, tries + 1 === MAX_TRIES);
      this.count(left, refused);
      this.giveUp(left, refused);
      left = refused.filter(({ isFinal }) => !isFinal).map(({ index }) => left[index]!);
      if (left.length === 0) return;
      await pause(jitteredWait(tries, BACKOFF_MS, Math.random), this.stop.signal);
      if (this.isStopping) return void this.unsent.push(...left.map(({ line }) => line));
    }
  }

  private async try(batch: readonly NumberedMessage[], isLast: boolean): Promise<RefusedEntry[]> {
    try {
      const refused = await this.parts.sendBatch(batch.map(({ message }) => message));
      return isLast ? refused.map((entry) => ({ ...entry, isFinal: true })) : refused;
    } catch (error) {
      if (isLast || !isTransient(error)) this.fail(error);
      return batch.map((_, index) => ({ index, code: '', reason: '', isFinal: false }));
    }
  }

  private count(batch: readonly NumberedMessage[], refused: readonly RefusedEntry[]): void {
    const count = batch.length - refused.length;
    this.sent += count;
    if (count > 0) this.parts.onSent(count);
    if (!this.parts.way.isFifo || count === 0) return;
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

  /** A message of a FIFO queue that is refused holds up those behind it: they would lose their order. */
  private giveUp(batch: readonly NumberedMessage[], refused: readonly RefusedEntry[]): void {
    for (const { index, code, reason } of refused.filter(({ isFinal }) => isFinal)) {
      const { line } = batch[index]!;
      this.failed.push({ line, code, reason });
      if (this.parts.way.isFifo) this.unsent.push(line);
      if (this.parts.way.isFifo || this.failed.length >= MAX_FAILED) this.stop.abort();
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
