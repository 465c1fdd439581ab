import type { HandlerContext } from './context';

type Callback = (error?: unknown, result?: unknown) => void;

export type Handler = (event: unknown, context: HandlerContext, callback: Callback) => unknown;

/** A call of a handler, of whatever style. */
export interface HandlerCall {
  /** Rejects with what the handler throws, rejects with, or gives to its callback. */
  answer: Promise<unknown>;
  /** Nothing is left to do in the process: who has promised an answer will not give it, and all others are done. */
  abandon: () => void;
}

/**
 * Who takes a callback answers by it. One without parameters may stand before one that does, and hand on all it gets: where
 * it returns nothing, taking that for an answer could lose a message.
 */
const mayAnswerByCallback = ({ length }: Handler) => length === 0 || length >= 3;

/** Calls a handler: with a promise, with a callback, or with neither. */
export function callHandler(handler: Handler, event: unknown, context: HandlerContext): HandlerCall {
  let abandon: () => void = () => undefined;
  const answer = new Promise((resolve, reject) => {
    const callback: Callback = (error, result) => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a handler throws may be anything
      if (error !== undefined && error !== null) reject(error);
      else resolve(result);
    };
    const returned = handler(event, context, callback);
    const isPromise = isThenable(returned);
    // Not resolved with the promise itself: nothing could be said any more where it is never kept.
    if (isPromise) Promise.resolve(returned).then(resolve, reject);
    else if (returned !== undefined || !mayAnswerByCallback(handler)) resolve(returned);
    abandon = () => {
      if (isPromise) reject(new Error('nothing is left to do, and the handler has not kept its promise'));
      else resolve(undefined);
    };
  });
  return { answer, abandon };
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
