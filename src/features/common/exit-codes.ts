/** Exit codes of commands, beside 0 and the framework's own 1 for an error. */

/** Ctrl-C, as shells have it. */
export const INTERRUPTED = 130;

/** What became of a message that was waited for. A worker rejects with 3, too. */
export const FATE_CODES = { done: 0, 'dead-lettered': 2, rejected: 3 } as const;

/** A message that was waited for is not settled yet. */
export const UNSETTLED = 4;
