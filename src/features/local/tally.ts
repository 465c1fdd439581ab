import { JobResult } from '../../contract/log';
import { readLine } from '../../contract/log-lines';
import { copyIdIn } from '../../contract/sent-anew';

/** What became of a message that was sent. */
export type Fate = 'done' | 'rejected' | 'dead-lettered' | 'open';

export interface Attempt {
  result: JobResult;
  reason: string;
}

export interface MessageReport {
  body: string;
  fate: Fate;
  /** How each receive ended, in order. */
  attempts: readonly Attempt[];
}

/** What the watchers' logs and the dead-letter queue say of a message. */
interface Received {
  attempts: Attempt[];
  isDead: boolean;
}

/** Follows messages from sending to settlement. */
export class Tally {
  /** By the id that the sender was given: the topic's where there is a topic, else the queue's. */
  private readonly bodies = new Map<string, string>();
  private readonly open = new Set<string>();
  /** By the queue's id. */
  private readonly received = new Map<string, Received>();
  /** The topic's id of a message to the queue's. */
  private readonly queueIds = new Map<string, string>();
  /** The queue's id of a message to the sender's. */
  private readonly senderIds = new Map<string, string>();
  /** The queue's id of a copy that a watcher has sent to that of the message. */
  private readonly originals = new Map<string, string>();
  private onSettled: (() => void) | undefined;

  sent(messageId: string, body: string): void {
    this.bodies.set(messageId, body);
    this.open.add(messageId);
    // The watcher may have been faster than the answer to the sender.
    this.close(messageId);
  }

  /** A line of a watcher's log. */
  line(line: string): void {
    const read = readLine(line);
    const { topicMessageId, outcome } = read;
    if (read.messageId === undefined) return;
    const messageId = this.originalOf(read.messageId);
    const copyId = copyIdIn(read);
    if (copyId !== undefined) this.originals.set(copyId, messageId);
    if (topicMessageId !== undefined && messageId === read.messageId) {
      this.queueIds.set(topicMessageId, messageId);
      this.senderIds.set(messageId, topicMessageId);
    }
    if (outcome === undefined) return;
    this.entry(messageId).attempts.push(outcome);
    this.close(this.senderIds.get(messageId) ?? messageId);
  }

  /** @param queueMessageId the queue's id of a message in the dead-letter queue */
  deadLettered(queueMessageId: string): void {
    const messageId = this.originalOf(queueMessageId);
    this.entry(messageId).isDead = true;
    this.close(this.senderIds.get(messageId) ?? messageId);
  }

  reports(): MessageReport[] {
    return [...this.bodies].map(([id, body]) => ({
      body,
      fate: this.fate(id),
      attempts: this.ofSender(id)?.attempts ?? [],
    }));
  }

  /** Resolves to true when all that was sent is settled, or to false after the time or with the signal. */
  whenSettled(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isSettled: boolean) => {
        clearTimeout(timer);
        resolve(isSettled);
      };
      const timer = setTimeout(() => {
        end(false);
      }, timeoutMs);
      signal.addEventListener('abort', () => {
        end(false);
      });
      this.onSettled = () => {
        end(true);
      };
      if (this.open.size === 0) this.onSettled();
      if (signal.aborted) end(false);
    });
  }

  private close(senderId: string): void {
    if (this.fate(senderId) === 'open') return;
    this.open.delete(senderId);
    if (this.open.size === 0) this.onSettled?.();
  }

  private fate(senderId: string): Fate {
    const { attempts, isDead } = this.ofSender(senderId) ?? { attempts: [], isDead: false };
    if (isDead) return 'dead-lettered';
    const last = attempts.at(-1)?.result;
    if (last === JobResult.success) return 'done';
    return last === JobResult.rejected ? 'rejected' : 'open';
  }

  private originalOf(queueId: string): string {
    return this.originals.get(queueId) ?? queueId;
  }

  private ofSender(senderId: string): Received | undefined {
    return this.received.get(this.queueIds.get(senderId) ?? senderId);
  }

  private entry(queueId: string): Received {
    const entry = this.received.get(queueId) ?? { attempts: [], isDead: false };
    this.received.set(queueId, entry);
    return entry;
  }
}
