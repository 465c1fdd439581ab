import { WorkerVariable } from '../contract/environment';
import { RuntimeHeader } from '../contract/runtime-api';
import type { Clock } from '../shared/clock';
import { callHandler, createContext, type Handler } from './call-handler';
import type { ReceivedInvocation, RuntimeClient } from './client';
import { describeThrown, reportOf, toJson } from './report';

export interface ServeOptions {
  client: RuntimeClient;
  handler: Handler;
  environment: Record<string, string | undefined>;
  now: () => number;
  /** Writes to the log of the invocation. */
  logError: (text: string) => void;
  /** Is called for a call that ends only when the event loop is empty. @returns what is to be called when it has ended */
  watchOpen: () => () => void;
  /** Is told each invocation, and its end. */
  onInvocation: (current: CurrentInvocation | undefined) => void;
}

/** The current invocation, for errors that the handler's answer does not report. */
export interface CurrentInvocation {
  requestId: string;
  /** The event loop is empty. */
  comeToRest: () => void;
}

/** Serves one invocation after the other, without end. Rejects only if the watcher is gone. */
export async function serve(options: ServeOptions): Promise<never> {
  for (;;) await handle(await options.client.next(), options);
}

async function handle(invocation: ReceivedInvocation, options: ServeOptions): Promise<void> {
  const { client, environment, logError } = options;
  const { requestId, headers } = invocation;
  setTrace(environment, headers[RuntimeHeader.traceId]);
  try {
    const result = await resultOf(invocation, options);
    // An error of the same turn comes first, such as the rejection of a promise that nobody waits for.
    await nextTurn();
    await client.respond(requestId, toJson(result));
  } catch (thrown) {
    logError(describeThrown(thrown));
    await client.fail(requestId, reportOf(thrown));
  } finally {
    options.onInvocation(undefined);
  }
}

async function resultOf(
  { requestId, headers, event }: ReceivedInvocation,
  options: ServeOptions,
): Promise<unknown> {
  const { handler, environment, now } = options;
  const call = callHandler(handler, event, createContext(headers, environment, now));
  options.onInvocation({ requestId, comeToRest: call.comeToRest });
  if (!call.isWaiting) return call.answer;
  const close = options.watchOpen();
  return call.answer.finally(close);
}

/** If there is no trace, the variable is absent, as in Lambda: an empty one would be an error to its readers. */
function setTrace(environment: ServeOptions['environment'], trace: string | string[] | undefined): void {
  if (trace === undefined) Reflect.deleteProperty(environment, WorkerVariable.xRayTraceHeader);
  else environment[WorkerVariable.xRayTraceHeader] = String(trace);
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A handler that returns no promise, and leaves a connection or an interval open, would otherwise wait silently. */
const LONG_OPEN_MS = 60_000;

/**
 * Says so once: it is due to the handler, not to one message.
 * @param clock its timers must not keep the event loop from being empty
 * @returns what is to be called for each invocation that waits; it gives what is to be called at its end
 */
export function createWatchOpen(
  clock: Pick<Clock, 'after'>,
  openResources: () => readonly string[],
  logError: (text: string) => void,
): () => () => void {
  let isTold = false;
  return () => {
    if (isTold) return () => undefined;
    return clock.after(LONG_OPEN_MS, () => {
      isTold = true;
      const open = [...new Set(openResources())].join(', ');
      logError(
        `the handler returned no promise, so it is done when nothing of it runs any more; after a minute there is still: ${open}`,
      );
    });
  };
}
