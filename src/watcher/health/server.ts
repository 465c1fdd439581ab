import { createServer, type Server } from 'node:net';
import type { Logger } from '../log/logger';
import { describeError } from '../queue/describe-error';
import { abstractSocket, HEALTHY } from './answer';
import type { Progress } from './progress';

/**
 * Answers whoever connects with one line, and cuts the connection. A worker can connect too: nothing that it sends is
 * read, and none of its connections is kept. A watcher that cannot listen works on.
 */
export function answerHealth(
  socketName: string,
  { progress, log }: { progress: Pick<Progress, 'problem'>; log: Pick<Logger, 'warn' | 'error'> },
): Server {
  let lastProblem: string | undefined;
  let hasWarned = false;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const problem = progress.problem();
    // ECS does not show why a check failed: the log does, once, however often anyone asks.
    if (problem !== undefined && problem !== lastProblem) log.error(`unhealthy: ${problem}`);
    lastProblem = problem;
    // It may be gone already.
    socket.on('error', () => undefined);
    socket.write(`${problem ?? HEALTHY}\n`);
    socket.destroySoon();
  });
  // Also when a connection cannot be taken, as at the limit of open files.
  server.on('error', (error) => {
    if (!hasWarned) log.warn(`the health check cannot be answered: ${describeError(error)}`);
    hasWarned = true;
  });
  return server.listen(abstractSocket(socketName));
}
