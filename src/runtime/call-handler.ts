import type { HandlerContext } from './context';

type Callback = (error?: unknown, result?: unknown) => void;

export type Handler = (event: unknown, context: HandlerContext, callback: Callback) => unknown;

/** A handler with so many parameters answers by its third, and what it returns means nothing. */
const PARAMETERS_WITH_CALLBACK = 3;

/**
 * Calls a handler of any style: with a promise, with a callback, or with neither.
 * @throws what it throws, rejects with, or gives to its callback
 */
export function callHandler(handler: Handler, event: unknown, context: HandlerContext): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a handler throws may be anything
      if (error !== undefined && error !== null) reject(error);
      else resolve(result);
    };
    const returned = handler(event, context, callback);
    if (isThenable(returned) || handler.length < PARAMETERS_WITH_CALLBACK) resolve(returned);
  });
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
