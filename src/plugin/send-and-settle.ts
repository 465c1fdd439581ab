import type { Colours } from '../features/command/terminal-text';
import type { Configuration, Worker } from '../config/configuration';
import { UserError } from '../errors/user-error';
import { followDeadLetters } from '../features/local/dead-letters';
import type { LocalService } from '../features/local/service';
import { Tally } from '../features/local/tally';
import { workerAddress } from '../features/stack/workers';
import { createSend, type SendClients } from '../features/send/send';
import type { Utils } from './framework';
import { describeReports } from './local-text';

/** Messages of a FIFO queue need a group; those of a file are one, in the file's order. */
const FILE_GROUP = 'messages';

export interface SettleParts {
  service: LocalService;
  clients: SendClients;
  configuration: Configuration;
  worker: Worker;
  messages: readonly string[];
  timeoutSeconds: number;
  utils: Utils;
  colours: Colours;
  /** Calls back with each line of the watchers' logs. */
  follow: (reader: (line: string) => void) => void;
  /** Given at Ctrl-C: what is open then stays open. */
  signal: AbortSignal;
}

/**
 * Sends the messages and waits until each is done, rejected or in the dead-letter queue, or until it is interrupted; then
 * says what became of each.
 * @throws {UserError} `WATCHBOT_LOCAL_UNSETTLED` after the timeout
 */
export async function sendAndSettle(parts: SettleParts): Promise<void> {
  const { clients, messages, worker, utils, timeoutSeconds, signal } = parts;
  const tally = new Tally();
  parts.follow((line) => {
    tally.line(line);
  });
  const startedAt = Date.now();
  const done = new AbortController();
  const ended = AbortSignal.any([signal, done.signal]);
  const following = followAllDeadLetters(parts, tally, ended);
  const send = await createSend(clients, workerAddress(parts.configuration, worker));
  for (const [index, body] of messages.entries()) {
    if (signal.aborted) break;
    const fifo = worker.queue.fifo ? { groupId: FILE_GROUP, deduplicationId: `${FILE_GROUP}-${index}` } : {};
    const { messageId } = await send({ body, ...fifo });
    tally.sent(messageId, body);
  }
  const isSettled = await Promise.race([tally.whenSettled(timeoutSeconds * 1000, ended), following]);
  done.abort();
  const seconds = (Date.now() - startedAt) / 1000;
  utils.writeText(describeReports(tally.reports(), { seconds, colours: parts.colours }));
  if (isSettled !== true && !signal.aborted) throw unsettled(timeoutSeconds);
}

/** Ends only with an error, or with the signal. */
async function followAllDeadLetters(
  { service, clients, worker }: SettleParts,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const queueUrl = service.workers.find(({ name }) => name === worker.name)?.deadLetterQueueUrl;
  if (queueUrl === undefined) return new Promise(() => undefined);
  await followDeadLetters(clients.sqs, queueUrl, {
    onMessage: (messageId) => {
      tally.deadLettered(messageId);
    },
    signal,
  });
}

function unsettled(timeoutSeconds: number): UserError {
  return UserError.of({
    code: 'WATCHBOT_LOCAL_UNSETTLED',
    place: '--messages',
    given: `messages that are still open after ${timeoutSeconds} s`,
    allowed: 'all done, rejected or in the dead-letter queue',
    advice:
      'raise --timeout, or lower `queue.maxReceives` (which an existing queue has not here): each retry waits twice as long as the one before',
  });
}
