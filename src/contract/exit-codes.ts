/** Exit codes by which a worker decides its message's fate (Watchbot v0 to v10). Any other one is a failure. */
export const ExitCode = {
  /** Done: the message is deleted. */
  success: 0,
  /** Rejected: the message is deleted and counted as a failure; no retry can help. */
  rejected: 3,
  /** No-op: the message goes back to the queue and is not counted. */
  noop: 4,
} as const;
