/** SQS and SNS take and give at most this many messages in one call. */
export const MAX_BATCH = 10;

/** Cuts a list into batches of `most` entries; the last one may be smaller. */
export function inBatches<T>(entries: readonly T[], most: number): T[][] {
  const count = Math.ceil(entries.length / most);
  return Array.from({ length: count }, (_, index) => entries.slice(index * most, (index + 1) * most));
}

/** Batches that one call can carry: of at most ten messages, and of as many bytes as it takes. */
export function inCalls<T>(
  messages: readonly T[],
  { bytesOf = () => 0, mostBytes = Infinity }: { bytesOf?: (message: T) => number; mostBytes?: number } = {},
): T[][] {
  const batches: T[][] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += bytesOf(message);
    const last = batches.at(-1);
    if (last === undefined || last.length === MAX_BATCH || bytes > mostBytes) {
      batches.push([message]);
      bytes = bytesOf(message);
    } else last.push(message);
  }
  return batches;
}
