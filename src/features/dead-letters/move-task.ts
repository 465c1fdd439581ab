import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../errors/user-error';
import type { DeadLetterQueue } from './queue';

export interface MoveProgress {
  moved: number;
  /** Undefined until SQS has counted. */
  total: number | undefined;
}

export interface MoveParts {
  signal: AbortSignal;
  /** Whether messages go to the worker's queue, or each to the queue that it came from. */
  isToWorkQueue: boolean;
  onProgress: (progress: MoveProgress) => void;
  /** A move was under way already, and is followed. */
  onFollow: () => void;
}

const LOOK_MS = 1000;

/** How an endpoint says that it does not know the operation; those that stand in for AWS often do not. */
const UNKNOWN_OPERATION = ['InvalidAction', 'UnknownOperationException', 'NotImplemented'];

/**
 * Lets SQS move all messages by itself, and follows it. Two cannot be under way at once, so one that is is followed.
 * @returns undefined where the endpoint has no such tasks; `isOver` false where it was left to SQS at the signal
 */
export async function moveAll(
  queue: DeadLetterQueue,
  parts: MoveParts,
): Promise<(MoveProgress & { isOver: boolean }) | undefined> {
  const running = await unlessUnknown(() => latestTask(queue));
  if (running === undefined) return undefined;
  if (running.Status === 'RUNNING') parts.onFollow();
  else if ((await unlessUnknown(() => start(queue, parts.isToWorkQueue))) === undefined) return undefined;
  return follow(queue, parts);
}

async function follow(queue: DeadLetterQueue, { signal, onProgress }: MoveParts) {
  for (;;) {
    const task = await latestTask(queue);
    const progress = {
      moved: task.ApproximateNumberOfMessagesMoved ?? 0,
      total: task.ApproximateNumberOfMessagesToMove,
    };
    onProgress(progress);
    if (task.Status === 'FAILED' || task.Status === 'CANCELLED') throw notMoved(queue, task);
    if (task.Status === 'COMPLETED') return { ...progress, isOver: true };
    if (signal.aborted) return { ...progress, isOver: false };
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Empty where there was none. */
async function latestTask({ sqs, arn, name, explain }: DeadLetterQueue) {
  const { ListMessageMoveTasksCommand } = await import('../../vendor/sqs.mjs');
  const { Results } = await explain({ action: 'sqs:ListMessageMoveTasks', place: `queue ${name}` }, () =>
    sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 })),
  );
  return Results?.[0] ?? {};
}

async function start({ sqs, arn, name, work, explain }: DeadLetterQueue, isToWorkQueue: boolean) {
  const { StartMessageMoveTaskCommand } = await import('../../vendor/sqs.mjs');
  return explain({ action: 'sqs:StartMessageMoveTask', place: `queue ${name}` }, () =>
    sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: arn,
        DestinationArn: isToWorkQueue ? work.arn : undefined,
      }),
    ),
  );
}

async function unlessUnknown<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const { name } = ((error as Error).cause ?? error) as Error;
    if (!UNKNOWN_OPERATION.includes(name)) throw error;
    return undefined;
  }
}

function notMoved(
  { name }: DeadLetterQueue,
  {
    Status = '',
    FailureReason,
    ApproximateNumberOfMessagesMoved: moved = 0,
  }: {
    Status?: string | undefined;
    FailureReason?: string | undefined;
    ApproximateNumberOfMessagesMoved?: number | undefined;
  },
): UserError {
  const reason = FailureReason === undefined ? '' : ` (${FailureReason})`;
  return UserError.of({
    code: 'WATCHBOT_DEAD_LETTERS',
    place: `queue ${name}`,
    given: `SQS ended the move as ${Status}${reason}, after ${moved} messages`,
    allowed: 'a move that is completed',
    advice: 'the others are still dead letters; whoever calls needs sqs:SendMessage to the queue they go to',
  });
}
