import type { CopyMark } from '../../contract/copy-mark';

/** The queue as the watcher sees it: what it needs of SQS, and no more. */
export interface Queue {
  /** One long poll. SQS waits no longer than `waitMs`, and no longer than it can. */
  receive(maxMessages: number, options: { waitMs: number; signal: AbortSignal }): Promise<ReceivedMessage[]>;
  /** Deletes up to ten messages; returns those that SQS did not delete. */
  deleteBatch(receiptHandles: readonly string[]): Promise<FailedEntry[]>;
  /** Sends a copy of a message, with its attributes and the mark. Resolves to the copy's id. */
  sendCopy(message: ReceivedMessage, delaySeconds: number, mark: CopyMark | undefined): Promise<string>;
  /** Sets for how long up to ten messages stay hidden; returns those for which SQS did not. */
  changeVisibilityBatch(changes: readonly VisibilityChange[]): Promise<FailedEntry[]>;
}

export interface VisibilityChange {
  receiptHandle: string;
  timeoutSeconds: number;
}

/** An entry of a batch that failed although the call did not. */
export interface FailedEntry {
  receiptHandle: string;
  /** SQS says that the request itself is at fault: a retry will not help. */
  isFinal: boolean;
  reason: string;
}

export interface ReceivedMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  /** SQS's own: `SentTimestamp`, `ApproximateReceiveCount`, `MessageGroupId`, `AWSTraceHeader` … */
  systemAttributes: Readonly<Record<string, string>>;
  /** The sender's own. */
  attributes: Readonly<Record<string, MessageAttribute>>;
  /** SQS's sums over body and attributes; without attributes there is only the first. */
  md5: { body: string; attributes: string | undefined };
}

export interface MessageAttribute {
  Type: string;
  /** Binary values are in Base64, as SNS writes them. */
  Value: string;
}

/** The longest that SQS lets a poll wait. */
export const LONG_POLL_SECONDS = 20;

/** How long SQS lets a message stay hidden, from its receive on. */
export const MAX_HOLD_SECONDS = 43_200;
