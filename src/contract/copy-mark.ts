import { parseObject } from '../shared/json';

/** What a copy of a message says of the original. */
export interface CopyMark {
  /** The id of the original. */
  messageId: string;
  sentAtMs: number;
  /** Receives of the message that was copied, as far as they count for the backoff. */
  receives: number;
  /** Not every receive of the copy may have been a try: if they are used up, its job need not have failed as often. */
  isWaiting: boolean;
}

/** The attribute in which the mark travels, beside the sender's own attributes. */
export const COPY_ATTRIBUTE = 'watchbot-copy';

/** Undefined for what the watcher has not written: anybody may send an attribute of that name. */
export function readCopyMark(value: string): CopyMark | undefined {
  const { messageId, sentAtMs, receives, isWaiting } = parseObject(value) ?? {};
  const isMark =
    typeof messageId === 'string' && isCount(sentAtMs) && isCount(receives) && typeof isWaiting === 'boolean';
  return isMark ? { messageId, sentAtMs, receives, isWaiting } : undefined;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
