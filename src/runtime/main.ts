import { RuntimeVariable } from '../contract/environment';
import type { Cancel } from '../shared/clock';
import type { Handler } from './call-handler';
import { createRuntimeClient, type RuntimeClient } from './client';
import { loadHandler, offerStreaming } from './load-handler';
import { createWatchOpen, type CurrentInvocation, serve } from './serve';
import { describeThrown, type ErrorReport, reportOf, reportOfRejection } from './report';

/** Exit code of a runtime that cannot go on. Any other than 0 would do. */
const FAILED = 1;

const logError = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  endWithItsReader();
  offerStreaming(globalThis);
  const environment = process.env;
  const client = createRuntimeClient(environment[RuntimeVariable.runtimeApi] ?? '');
  let current: CurrentInvocation | undefined;
  let isLoaded = false;
  endOnUncaught(async (report) => {
    if (current !== undefined) await client.fail(current.requestId, report);
    // Between two invocations nobody needs to know, and the connection is busy: the next one would come first, and be lost.
    else if (!isLoaded) await client.failInit(report);
  });
  process.on('beforeExit', () => current?.comeToRest());
  const handler = await load(client, environment);
  if (handler === undefined) return;
  isLoaded = true;
  await serve({
    client,
    handler,
    environment,
    now: () => Date.now(),
    logError,
    watchOpen: createWatchOpen({ after: afterUnlessOver }, () => process.getActiveResourcesInfo(), logError),
    onInvocation: (invocation) => (current = invocation),
  });
}

/** A timer that does not keep the process alive. */
function afterUnlessOver(milliseconds: number, call: () => void): Cancel {
  const timer = setTimeout(call, milliseconds).unref();
  return () => clearTimeout(timer);
}

/** Undefined if the handler cannot be loaded. The watcher knows why by then. */
async function load(
  client: RuntimeClient,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Handler | undefined> {
  const { [RuntimeVariable.taskRoot]: taskRoot = '.', [RuntimeVariable.handler]: name = '' } = environment;
  try {
    return await loadHandler(taskRoot, name);
  } catch (thrown) {
    logError(describeThrown(thrown));
    await client.failInit(reportOf(thrown));
    process.exit(FAILED);
  }
}

/** If nobody reads its output any more, the watcher is gone. To log that would fail again, and so on without end. */
function endWithItsReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(FAILED));
}

/** An uncaught error leaves the process in an unknown state: it ends, and another one takes its place. */
function endOnUncaught(tell: (report: ErrorReport) => Promise<void>): void {
  const end = (report: (thrown: unknown) => ErrorReport) => (thrown: unknown) => {
    logError(describeThrown(thrown));
    tell(report(thrown))
      .catch(() => undefined)
      .finally(() => process.exit(FAILED));
  };
  process.on('uncaughtException', end(reportOf));
  process.on('unhandledRejection', end(reportOfRejection));
}

main().catch((error: unknown) => {
  // The watcher is gone, so there is nothing left to do.
  logError(describeThrown(error));
  process.exit(FAILED);
});
