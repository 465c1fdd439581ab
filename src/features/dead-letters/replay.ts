import type { MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import { inCalls } from '../../shared/batches';
import { sendBatch, type Refusal } from '../stack/calls';
import { deleteLetters } from './delete';
import type { HeldLetters } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/** SQS took so many bytes in a batch before it took more; a single message may be larger. */
const MOST_BATCH_BYTES = 262_144;

/**
 * Puts dead letters back into the work queue, each with all that its sender gave it, and deletes them then. A kill
 * between the two leaves a message in both queues: it is done twice then, but never lost.
 */
export class Replay {
  private readonly queue: DeadLetterQueue;
  private readonly held: HeldLetters;
  /** Dead letters that are in the work queue already. */
  private readonly sent = new Set<string>();
  /** The ids that they have there. */
  private readonly made = new Set<string | undefined>();

  constructor(queue: DeadLetterQueue, held: HeldLetters) {
    this.queue = queue;
    this.held = held;
  }

  /** Whether the message was replayed just now and is back again: it would go round without an end. */
  isBack({ id }: Letter): boolean {
    return this.made.has(id);
  }

  /** Gives what could not be replayed, with the reason. */
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
      const notDeleted = await deleteLetters(
        this.queue,
        this.held,
        wave.filter(({ id }) => this.sent.has(id)),
      );
      failures.push(
        ...notDeleted.map(({ item, reason }) => ({
          item,
          reason: `it was sent, but not deleted here (${reason}): delete it, or it is done twice`,
        })),
      );
    }
    return failures;
  }

  private async send(letters: readonly Letter[]): Promise<Refusal<Letter>[]> {
    const open = letters.filter(({ id }) => !this.sent.has(id));
    const limits = { bytesOf: ({ sizeBytes }: Letter) => sizeBytes, mostBytes: MOST_BATCH_BYTES };
    const refused: Refusal<Letter>[] = [];
    for (const part of inCalls(open, limits)) refused.push(...(await this.sendBatch(part)));
    const left = new Set(refused.map(({ item }) => item.id));
    open.filter(({ id }) => !left.has(id)).forEach(({ id }) => this.sent.add(id));
    return refused;
  }

  private async sendBatch(part: readonly Letter[]): Promise<Refusal<Letter>[]> {
    const { SendMessageBatchCommand } = await import('../../vendor/sqs.mjs');
    const { sqs, work, explain, isFifo } = this.queue;
    return explain({ action: 'sqs:SendMessage', place: `queue ${work.name}` }, () =>
      sendBatch(part, async (entries) => {
        const answer = await sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: work.url,
            Entries: entries.map(([Id, letter]) => ({ Id, ...contentOf(letter, isFifo) })),
          }),
        );
        answer.Successful?.forEach(({ MessageId }) => this.made.add(MessageId));
        return answer;
      }),
    );
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
    const place = counts.get(letter.groupId) ?? 0;
    counts.set(letter.groupId, place + 1);
    (all[place] ??= []).push(letter);
  }
  return all;
}
