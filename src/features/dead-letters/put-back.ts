import type { MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { UserError } from '../../errors/user-error';
import { inCalls } from '../../shared/batches';
import { pause } from '../../shared/clock';
import { sendBatch, type Refusal } from '../stack/calls';
import { deleteLetters, type HeldLetters } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/** Two ways to put dead letters back into the work queue: message by message, or by a move of SQS itself. */

/** SQS took so many bytes in a batch before it took more; a single message may be larger. */
const MOST_BATCH_BYTES = 262_144;

/**
 * Puts dead letters back, each with all that its sender gave it, and then deletes them. A kill between the two leaves a
 * message in both queues: it is done twice, but never lost.
 */
export class Replay {
  /** Dead letters that are in the work queue already. */
  private readonly sent = new Set<string>();
  /** The ids that they have there. */
  private readonly newIds = new Set<string | undefined>();

  constructor(
    private readonly queue: DeadLetterQueue,
    private readonly held: HeldLetters,
  ) {}

  /** Whether the message was replayed just now and is back again: it would go round forever. */
  isBack({ id }: Letter): boolean {
    return this.newIds.has(id);
  }

  /** Gives those that could not be replayed, with the reason. */
  async run(letters: readonly Letter[]): Promise<Refusal<Letter>[]> {
    const failures: Refusal<Letter>[] = [];
    const stuckGroups = new Set<string | undefined>();
    for (const wave of this.queue.isFifo ? waves(letters) : [letters]) {
      const stuck = wave.filter(({ groupId }) => stuckGroups.has(groupId));
      failures.push(
        ...stuck.map((item) => ({ item, reason: 'one before it in its group was not replayed' })),
      );
      const refused = await this.send(wave.filter((letter) => !stuck.includes(letter)));
      failures.push(...refused);
      if (this.queue.isFifo) refused.forEach(({ item }) => stuckGroups.add(item.groupId));
      failures.push(...(await this.deleteSent(wave)));
    }
    return failures;
  }

  private async send(letters: readonly Letter[]): Promise<Refusal<Letter>[]> {
    const open = letters.filter(({ id }) => !this.sent.has(id));
    const limits = { bytesOf: ({ sizeBytes }: Letter) => sizeBytes, mostBytes: MOST_BATCH_BYTES };
    const refused: Refusal<Letter>[] = [];
    for (const part of inCalls(open, limits)) refused.push(...(await this.sendPart(part)));
    const left = new Set(refused.map(({ item }) => item.id));
    open.filter(({ id }) => !left.has(id)).forEach(({ id }) => this.sent.add(id));
    return refused;
  }

  private async sendPart(part: readonly Letter[]): Promise<Refusal<Letter>[]> {
    const { SendMessageBatchCommand } = await import('../../vendor/sqs.mjs');
    const { sqs, work, explain, isFifo, clock } = this.queue;
    return explain({ action: 'sqs:SendMessage', place: `queue ${work.name}` }, () =>
      sendBatch(clock, part, async (entries) => {
        const answer = await sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: work.url,
            Entries: entries.map(([Id, letter]) => ({ Id, ...contentOf(letter, isFifo) })),
          }),
        );
        answer.Successful?.forEach(({ MessageId }) => this.newIds.add(MessageId));
        return answer;
      }),
    );
  }

  private async deleteSent(letters: readonly Letter[]): Promise<Refusal<Letter>[]> {
    const sent = letters.filter(({ id }) => this.sent.has(id));
    const notDeleted = await deleteLetters(this.queue, this.held, sent);
    return notDeleted.map(({ item, reason }) => ({
      item,
      reason: `it was sent, but not deleted here (${reason}): delete it, or it is done twice`,
    }));
  }
}

/** All that a message needs to be what it was. */
function contentOf(letter: Letter, isFifo: boolean): Omit<SendMessageBatchRequestEntry, 'Id'> {
  const { id, body, attributes, traceHeader, groupId } = letter;
  const given = Object.entries(attributes);
  return {
    MessageBody: body,
    MessageAttributes: given.length === 0 ? undefined : Object.fromEntries(given.map(valueOnly)),
    MessageSystemAttributes:
      traceHeader === undefined
        ? undefined
        : { AWSTraceHeader: { DataType: 'String', StringValue: traceHeader } },
    // A standard queue may have groups too, to share its workers fairly.
    MessageGroupId: groupId,
    // Not the old one, which SQS may still know. The same for the same dead letter: one that was sent before a kill and
    // is sent again within five minutes is taken once.
    MessageDeduplicationId: isFifo ? `replay-${id}` : undefined,
  };
}

function valueOnly([name, value]: [string, MessageAttributeValue]): [string, MessageAttributeValue] {
  const { DataType, StringValue, BinaryValue } = value;
  return [name, { DataType, StringValue, BinaryValue }];
}

/** The first of each group, then the second of each: a group's messages must be taken in their order. */
function waves(letters: readonly Letter[]): Letter[][] {
  const all: Letter[][] = [];
  const counts = new Map<string | undefined, number>();
  for (const letter of letters) {
    const before = counts.get(letter.groupId) ?? 0;
    counts.set(letter.groupId, before + 1);
    (all[before] ??= []).push(letter);
  }
  return all;
}

interface MoveProgress {
  moved: number;
  /** Undefined until SQS has counted. */
  total: number | undefined;
}

interface MoveOptions {
  signal: AbortSignal;
  /** Whether messages go to the worker's queue, or each to the queue that it came from. */
  isToWorkQueue: boolean;
  onProgress: (progress: MoveProgress) => void;
  /** Called if a move is under way already, which is then followed. */
  onFollow: () => void;
}

const LOOK_MS = 1000;

/** How an endpoint says that it does not know the operation; those that stand in for AWS often do not. */
const UNKNOWN_OPERATION = [
  'InvalidAction',
  'UnknownOperation',
  'UnknownOperationException',
  'UnsupportedOperation',
  'AWS.SimpleQueueService.UnsupportedOperation',
  'NotImplemented',
  'NotImplementedException',
];
/** Not found, not allowed for it, not implemented: servers that know no errors of SQS's answer so. */
const UNKNOWN_STATUS = [404, 405, 501];

/**
 * Lets SQS move all messages by itself, and follows the move. Two cannot be under way at once, so one that is is followed.
 * @returns undefined if the endpoint has no such tasks; `isOver` false if the move goes on without us, after the signal
 */
export async function moveAll(
  queue: DeadLetterQueue,
  options: MoveOptions,
): Promise<(MoveProgress & { isOver: boolean }) | undefined> {
  const running = await unlessUnknown(() => latestTask(queue));
  if (running === undefined) return undefined;
  if (running.Status === 'RUNNING') options.onFollow();
  else if ((await unlessUnknown(() => start(queue, options.isToWorkQueue))) === undefined) return undefined;
  return follow(queue, options);
}

async function follow(queue: DeadLetterQueue, { signal, onProgress }: MoveOptions) {
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
    await pause(queue.clock, LOOK_MS, signal);
  }
}

/** Empty if there was none. */
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
    if (isUnknownOperation(((error as Error).cause ?? error) as AwsFault)) return undefined;
    // Message by message, other rights are needed, and others may be had.
    throw error instanceof UserError ? withOtherWay(error) : error;
  }
}

type AwsFault = Error & { $metadata?: { httpStatusCode?: number } };

const isUnknownOperation = ({ name, $metadata }: AwsFault): boolean =>
  UNKNOWN_OPERATION.includes(name) || UNKNOWN_STATUS.includes($metadata?.httpStatusCode ?? 0);

/** The error, with what to do if it is the move itself that does not work. */
function withOtherWay(error: UserError): UserError {
  const { problems, cause } = error;
  const [problem] = problems;
  if (problem === undefined) return error;
  const otherWay = '`sls watchbot dead-letter replay --newer-than 365d` puts them back message by message';
  const advice = problem.advice === undefined ? otherWay : `${problem.advice}; or ${otherWay}`;
  return UserError.of({ ...problem, advice }, cause);
}

function notMoved(
  { name }: DeadLetterQueue,
  {
    Status = '',
    FailureReason,
    ApproximateNumberOfMessagesMoved: moved = 0,
  }: Awaited<ReturnType<typeof latestTask>>,
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
