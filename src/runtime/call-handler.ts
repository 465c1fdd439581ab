import { RuntimeVariable } from '../contract/environment';
import { RuntimeHeader } from '../contract/runtime-api';

type Callback = (error?: unknown, result?: unknown) => void;

export type Handler = (event: unknown, context: HandlerContext, callback: Callback) => unknown;

/** A call of a handler, whatever its style. */
export interface HandlerCall {
  /** Rejects with what the handler throws, rejects with, or gives to its callback. */
  answer: Promise<unknown>;
  /** Is called when the event loop is empty: everything that the handler has begun is done, and it will not answer. */
  comeToRest: () => void;
  /** Whether only an empty event loop, or a late answer, will end it. */
  isWaiting: boolean;
}

/**
 * Calls a handler, and takes its first answer for its end, as AWS's client for Node up to 22 does. A promise, an error and
 * the functions of the context end the call at once. A result for the callback, and a call without any answer, wait until
 * the event loop is empty: what the handler has left running may fail until then.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client: CallbackContext.js and Runtime.js of 3.3.0
 */
export function callHandler(handler: Handler, event: unknown, facts: InvocationFacts): HandlerCall {
  const call = new Call();
  const context: HandlerContext = Object.assign(facts, {
    done: (error?: unknown, result?: unknown) => {
      call.end(error, result);
    },
    succeed: (result?: unknown) => {
      call.end(undefined, result);
    },
    // Even without an error it has failed. The word is AWS's.
    fail: (error?: unknown) => {
      call.end(error ?? 'handled');
    },
  });
  const callback: Callback = (error, result) => {
    call.end(error, result, context.callbackWaitsForEmptyEventLoop);
  };
  try {
    call.follow(handler(event, context, callback));
  } catch (thrown) {
    call.fail(thrown);
  }
  return call;
}

class Call implements HandlerCall {
  readonly answer: Promise<unknown>;
  private resolve: (result: unknown) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;
  isWaiting = false;
  private hasEnded = false;
  /** Ends the call when the event loop is empty. */
  private atRest: () => void = () => undefined;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** @param waits whether a result is answered only when the event loop is empty */
  end(error: unknown, result?: unknown, waits = false): void {
    this.first(() => {
      if (error !== undefined && error !== null) this.reject(error);
      else if (waits) this.atRest = () => this.resolve(result);
      else this.resolve(result);
      this.isWaiting = waits;
    });
  }

  fail(thrown: unknown): void {
    this.first(() => {
      this.reject(thrown);
    });
  }

  /** Takes what the handler returned. */
  follow(returned: unknown): void {
    const isPromise = isThenable(returned);
    const silence = isPromise ? undefined : reportedFailures(returned);
    if (isPromise) {
      // Not resolved with the promise itself: if that never settles, no other answer could be given.
      Promise.resolve(returned).then(
        (result) => {
          this.end(undefined, result);
        },
        (thrown: unknown) => {
          this.fail(thrown);
        },
      );
    }
    if (this.hasEnded) return;
    this.isWaiting = !isPromise;
    this.atRest = isPromise
      ? () => {
          this.fail(new Error('nothing is left to do, and the handler has not kept its promise'));
        }
      : () => {
          this.end(undefined, silence);
        };
  }

  readonly comeToRest = (): void => {
    this.atRest();
  };

  private first(word: () => void): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    word();
  }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/**
 * What was returned without a promise, if it reports failures. AWS's client for Node up to 22 ignores it, since most handlers
 * of that style return whatever their last call returned. But one that names failed messages wants them to come again.
 */
function reportedFailures(returned: unknown): unknown {
  const isReport = typeof returned === 'object' && returned !== null && 'batchItemFailures' in returned;
  return isReport ? returned : undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a handler gets as its second argument.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
type HandlerContext = InvocationFacts & ContextEnds;

/** How handlers of the time before promises end: at once, whatever still runs. */
interface ContextEnds {
  done: (error?: unknown, result?: unknown) => void;
  succeed: (result?: unknown) => void;
  fail: (error?: unknown) => void;
}

export interface InvocationFacts {
  functionName: string | undefined;
  functionVersion: string | undefined;
  invokedFunctionArn: string;
  memoryLimitInMB: string | undefined;
  awsRequestId: string;
  logGroupName: string | undefined;
  logStreamName: string | undefined;
  getRemainingTimeInMillis: () => number;
  /** Whether a result for the callback is answered only when the event loop is empty. A handler may change it. */
  callbackWaitsForEmptyEventLoop: boolean;
}

export function createContext(
  headers: Headers,
  environment: Environment,
  now: () => number,
): InvocationFacts {
  const header = (name: string) => String(headers[name] ?? '');
  const deadlineMs = Number(header(RuntimeHeader.deadlineMs));
  return {
    functionName: environment[RuntimeVariable.functionName],
    functionVersion: environment[RuntimeVariable.functionVersion],
    invokedFunctionArn: header(RuntimeHeader.functionArn),
    memoryLimitInMB: environment[RuntimeVariable.memorySizeMiB],
    awsRequestId: header(RuntimeHeader.requestId),
    logGroupName: environment[RuntimeVariable.logGroup],
    logStreamName: environment[RuntimeVariable.logStream],
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - now()),
    callbackWaitsForEmptyEventLoop: true,
  };
}
