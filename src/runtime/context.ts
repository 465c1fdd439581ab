import { RuntimeHeader } from '../contract/runtime-api';
import { RuntimeVariable } from '../contract/environment';

type Headers = Readonly<Record<string, string | string[] | undefined>>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a handler gets as its second argument.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export type HandlerContext = InvocationFacts & ContextEnds;

/** How handlers that were written before there were promises end: at once, whatever still runs. */
export interface ContextEnds {
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
  /** Whether a result that is given to the callback is sent only when the event loop is empty; a handler may change it. */
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
