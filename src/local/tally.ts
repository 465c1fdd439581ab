import { JobResult } from '../contract/log';
import { readLine } from '../contract/log-lines';

/** What became of a message that was sent. */
export type Fate = 'done' | 'rejected' | 'dead-lettered' | 'open';

export interface MessageReport {
  body: string;
  fate: Fate;
  /** How each receive ended, in order. */
  attempts: readonly { result: JobResult; reason: string }[];
}

/** Follows messages from sending to settlement, by the lines of the watchers' logs and the dead-letter queues. */
export interface Tally {
  sent(messageId: string, body: string): void;
  /** A line of a watcher's log. */
  line: (line: string) => void;
  /** The queue's id of a message in a dead-letter queue. */
  deadLettered: (queueMessageId: string) => void;
  reports(): MessageReport[];
  /** Resolves to true when all that was sent is settled, or to false after the time. */
  whenSettled(timeoutMs: number): Promise<boolean>;
}

interface Received {
  topicMessageId: string | undefined;
  attempts: { result: JobResult; reason: string }[];
  isDead: boolean;
}

export function createTally(): Tally {
  const sent = new Map<string, string>();
  /** By the queue's id, which is not the topic's. */
  const received = new Map<string, Received>();
  const waiting = new Set<() => void>();

  const entry = (queueMessageId: string): Received => {
    const known = received.get(queueMessageId) ?? { topicMessageId: undefined, attempts: [], isDead: false };
    received.set(queueMessageId, known);
    return known;
  };
  const reports = () => [...sent].map(([id, body]) => report(id, body, received));
  const check = () => {
    if (reports().every(({ fate }) => fate !== 'open')) waiting.forEach((resolve) => resolve());
  };

  return {
    sent: (messageId, body) => void sent.set(messageId, body),
    line: (line) => {
      const { messageId, topicMessageId, outcome } = readLine(line);
      if (messageId === undefined) return;
      if (topicMessageId !== undefined) entry(messageId).topicMessageId = topicMessageId;
      if (outcome !== undefined) entry(messageId).attempts.push(outcome);
      check();
    },
    deadLettered: (queueMessageId) => {
      entry(queueMessageId).isDead = true;
      check();
    },
    reports,
    whenSettled: (timeoutMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), timeoutMs);
        waiting.add(() => {
          clearTimeout(timer);
          resolve(true);
        });
        check();
      }),
  };
}

function report(id: string, body: string, received: ReadonlyMap<string, Received>): MessageReport {
  const [, found] =
    [...received].find(([queueId, { topicMessageId }]) => queueId === id || topicMessageId === id) ?? [];
  const attempts = found?.attempts ?? [];
  return { body, attempts, fate: fateOf(attempts.at(-1)?.result, found?.isDead ?? false) };
}

function fateOf(last: JobResult | undefined, isDead: boolean): Fate {
  if (isDead) return 'dead-lettered';
  if (last === JobResult.success) return 'done';
  return last === JobResult.rejected ? 'rejected' : 'open';
}
