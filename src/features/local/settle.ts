import type { SQSClient } from '@aws-sdk/client-sqs';
import { copyIdIn, readLine } from '../../contract/log-lines';
import { JobResult } from '../../contract/outcomes';
import { untilAborted, type Clock } from '../../shared/clock';
import type { OutgoingMessage } from '../send/message';
import { createSend, type SendClients } from '../send/sender';
import type { WorkerAddress } from '../stack/workers';

interface SettleInput {
  address: WorkerAddress;
  clients: SendClients;
  /** Undefined: the worker has none. */
  deadLetterQueueUrl: string | undefined;
  timeoutSeconds: number;
  /** Calls back with each line of the watchers' logs. */
  follow: (reader: (line: string) => void) => void;
  clock: Clock;
  /** Given at Ctrl-C: messages that are open then stay open. */
  signal: AbortSignal;
}

interface Settled {
  /** Whether all were settled within the time. */
  isSettled: boolean;
  reports: readonly MessageReport[];
  seconds: number;
}

/**
 * Sends the messages, and waits until each is done, rejected or in the dead-letter queue, or until it is interrupted.
 * Whatever happens, nothing of it goes on afterwards.
 */
export async function sendAndSettle(
  messages: readonly OutgoingMessage[],
  input: SettleInput,
): Promise<Settled> {
  const { timeoutSeconds, clock, signal } = input;
  const tally = new Tally(clock);
  input.follow((line) => {
    tally.line(line);
  });
  const startedAtMs = clock.now();
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  const following = followDeadLetters(input, tally, ended);
  // If it fails while messages are sent, that is told below.
  following.catch(() => undefined);
  try {
    await sendAll(messages, input, tally);
    const settled = tally.whenSettled(timeoutSeconds * 1000, ended);
    const isSettled = await Promise.race([settled, following]);
    return {
      isSettled: isSettled === true,
      reports: tally.reports(),
      seconds: (clock.now() - startedAtMs) / 1000,
    };
  } finally {
    done.abort();
    await following.catch(() => undefined);
  }
}

async function sendAll(
  messages: readonly OutgoingMessage[],
  { clients, address, signal }: SettleInput,
  tally: Tally,
): Promise<void> {
  const send = await createSend(clients, address);
  for (const message of messages) {
    if (signal.aborted) return;
    const { messageId } = await send(message);
    tally.sent(messageId, message.body);
  }
}

/** Longer than any run lasts: each dead letter is received once, and stays where it is. */
const SEEN_SECONDS = 43_200;

/** Counts dead letters as they come. Ends only with an error, or with the signal. */
async function followDeadLetters(
  { clients: { sqs }, deadLetterQueueUrl }: SettleInput,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  if (deadLetterQueueUrl === undefined) return untilAborted(signal);
  while (!signal.aborted) {
    const messageIds = await receiveIds(sqs, deadLetterQueueUrl, signal);
    messageIds.forEach((messageId) => {
      tally.deadLettered(messageId);
    });
  }
}

async function receiveIds(sqs: SQSClient, queueUrl: string, signal: AbortSignal): Promise<string[]> {
  const { ReceiveMessageCommand } = await import('../../vendor/sqs.mjs');
  const receive = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 20,
    VisibilityTimeout: SEEN_SECONDS,
  });
  try {
    const { Messages = [] } = await sqs.send(receive, { abortSignal: signal });
    return Messages.map(({ MessageId = '' }) => MessageId);
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
}

/** What became of a message that was sent. */
export type Fate = 'done' | 'rejected' | 'dead-lettered' | 'open';

/** How a receive ended. */
export interface Receive {
  result: JobResult;
  reason: string;
}

export interface MessageReport {
  body: string;
  fate: Fate;
  /** In order. */
  receives: readonly Receive[];
}

/** What the watchers' logs and the dead-letter queue say of a message. */
interface Followed {
  receives: Receive[];
  isDead: boolean;
}

/** Follows messages until they are settled. */
export class Tally {
  /** By the id that the sender was given: the topic's if there is a topic, else the queue's. */
  private readonly bodies = new Map<string, string>();
  private readonly open = new Set<string>();
  /** By the queue's id. */
  private readonly followed = new Map<string, Followed>();
  /** The topic's id of a message to the queue's. */
  private readonly queueIds = new Map<string, string>();
  /** The queue's id of a message to the sender's. */
  private readonly senderIds = new Map<string, string>();
  /** The queue's id of a copy that a watcher has sent anew, to the id of the original. */
  private readonly originals = new Map<string, string>();
  private onSettled: (() => void) | undefined;

  constructor(private readonly clock: Pick<Clock, 'after'>) {}

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
    if (copyId !== undefined) this.takeCopy(copyId, messageId);
    // A copy has the envelope of its original, which comes first.
    if (topicMessageId !== undefined && !this.queueIds.has(topicMessageId)) {
      this.queueIds.set(topicMessageId, messageId);
      this.senderIds.set(messageId, topicMessageId);
    }
    if (outcome === undefined) return;
    this.entry(messageId).receives.push(outcome);
    this.close(this.senderIds.get(messageId) ?? messageId);
  }

  /** A copy may be received, and done, before the watcher has written that it has sent it. */
  private takeCopy(copyId: string, originalId: string): void {
    this.originals.set(copyId, originalId);
    const early = this.followed.get(copyId);
    if (early === undefined) return;
    this.followed.delete(copyId);
    const entry = this.entry(originalId);
    entry.receives.push(...early.receives);
    entry.isDead ||= early.isDead;
    this.close(this.senderIds.get(originalId) ?? originalId);
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
      receives: this.ofSender(id)?.receives ?? [],
    }));
  }

  /** Resolves to true when all that was sent is settled, or to false after the timeout or at the signal. */
  whenSettled(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isSettled: boolean) => {
        cancel();
        resolve(isSettled);
      };
      const cancel = this.clock.after(timeoutMs, () => {
        end(false);
      });
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
    const { receives, isDead } = this.ofSender(senderId) ?? { receives: [], isDead: false };
    if (isDead) return 'dead-lettered';
    const last = receives.at(-1)?.result;
    if (last === JobResult.success) return 'done';
    return last === JobResult.rejected ? 'rejected' : 'open';
  }

  private originalOf(queueId: string): string {
    return this.originals.get(queueId) ?? queueId;
  }

  private ofSender(senderId: string): Followed | undefined {
    return this.followed.get(this.queueIds.get(senderId) ?? senderId);
  }

  private entry(queueId: string): Followed {
    const entry = this.followed.get(queueId) ?? { receives: [], isDead: false };
    this.followed.set(queueId, entry);
    return entry;
  }
}
