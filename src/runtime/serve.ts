import { WorkerVariable } from '../contract/environment';
import { RuntimeHeader } from '../contract/runtime-api';
import { callHandler, type Handler } from './call-handler';
import type { ReceivedInvocation, RuntimeClient } from './client';
import { createContext } from './context';
import { describeThrown, reportOf, toJson } from './report';

export interface ServeParts {
  client: RuntimeClient;
  handler: Handler;
  environment: Record<string, string | undefined>;
  now: () => number;
  /** Writes to the log of the invocation. */
  logError: (text: string) => void;
  /** Told of each invocation, and of its end. */
  onInvocation: (current: CurrentInvocation | undefined) => void;
}

/** The one under way, for what goes wrong beside the handler's own answer. */
export interface CurrentInvocation {
  requestId: string;
  /** The event loop is empty: nobody will answer any more. */
  abandon: () => void;
}

/** One invocation after the other, without end. Rejects only when the watcher is gone. */
export async function serve(parts: ServeParts): Promise<never> {
  for (;;) await handle(await parts.client.next(), parts);
}

async function handle(invocation: ReceivedInvocation, parts: ServeParts): Promise<void> {
  const { client, environment, logError } = parts;
  const { requestId, headers } = invocation;
  environment[WorkerVariable.xRayTraceHeader] = String(headers[RuntimeHeader.traceId] ?? '');
  try {
    const result = await resultOf(invocation, parts);
    await client.respond(requestId, toJson(result) ?? 'null');
  } catch (thrown) {
    logError(describeThrown(thrown));
    await client.fail(requestId, reportOf(thrown));
  } finally {
    parts.onInvocation(undefined);
  }
}

function resultOf({ requestId, headers, event }: ReceivedInvocation, parts: ServeParts): Promise<unknown> {
  const { handler, environment, now } = parts;
  const { answer, abandon } = callHandler(handler, event, createContext(headers, environment, now));
  parts.onInvocation({ requestId, abandon });
  return answer;
}
