/** Nothing here may wait for ever: one connection that was cut without a word would end the loop. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Until an answer begins, the connection included. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** From its beginning to its end: up to ten messages of 1 MiB. */
export const BODY_TIMEOUT_MS = 30_000;

/** A call is made once more, at once, where its connection was stale or it was signed by a wrong time. */
const MAX_ATTEMPTS = 2;

/** Mostly it is far less. */
export const longestCallMs = (answerTimeoutMs: number) => MAX_ATTEMPTS * (answerTimeoutMs + BODY_TIMEOUT_MS);

/** Of a call that is no poll. */
export const LONGEST_CALL_MS = longestCallMs(ANSWER_TIMEOUT_MS);
