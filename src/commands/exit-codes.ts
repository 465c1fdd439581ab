/** Exit codes of commands, beside 0 and the framework's own 1 for an error. */

/** Ctrl-C, as shells have it. */
export const INTERRUPTED = 130;
