/** As AWS's client marks what answers in pieces. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

export const NO_STREAMING =
  'it streams its answer, and nobody reads one here: export a handler that returns a value, without awslambda.streamifyResponse';

/** Nobody looks at more of an answer here than `batchItemFailures`. */
export const isStreaming = (handler: unknown): boolean =>
  typeof handler === 'function' && Boolean((handler as { [STREAMING]?: unknown })[STREAMING]);

/**
 * What Lambda has as a global: without it a file that streams would fail with a ReferenceError, and its other handlers,
 * which do not, could not be used.
 */
export function offerStreaming(global: object): void {
  const streamifyResponse = (handler: object) => Object.assign(handler, { [STREAMING]: 'response' });
  Object.assign(global, { awslambda: { streamifyResponse } });
}
