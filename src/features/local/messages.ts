import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors/user-error';
import { checkFile, fileMessages, wrongLines, type MessageFile } from '../send/file-messages';
import { channelTo, type OutgoingMessage } from '../send/message';
import type { WorkerAddress } from '../stack/workers';

/** Messages of a FIFO queue need a group; those of a file are one, in the file's order. */
const FILE_GROUP = 'messages';

/**
 * The messages of a file: each line that is not blank is one. All of them are checked before the first is sent.
 * @throws {UserError} `WATCHBOT_MESSAGES_FILE`
 */
export async function readMessages(
  name: string,
  serviceFolder: string,
  address: WorkerAddress,
): Promise<OutgoingMessage[]> {
  const file: MessageFile = {
    path: path.resolve(serviceFolder, name),
    startLine: 1,
    isEnvelope: false,
    common: address.isFifo ? { groupId: FILE_GROUP } : {},
    channel: { ...channelTo(address, false), isOnlyWay: true },
  };
  const never = new AbortController().signal;
  const stats = await stat(file.path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw wrongFile(`${name}: ${code === 'ENOENT' ? 'there is no such file' : message}`, cause);
  });
  if (!stats.isFile()) throw wrongFile(`${name}, which is no file that can be read twice`);
  const check = await checkFile(file, never);
  if (check.problemCount > 0) throw wrongLines(name, check);
  if (check.messages === 0) throw wrongFile(`${name}, which is empty`);
  const messages: OutgoingMessage[] = [];
  for await (const { message } of fileMessages(file, never)) messages.push(message);
  return messages;
}

function wrongFile(given: string, cause?: unknown): UserError {
  const allowed = 'a text file with a message in each line';
  return UserError.of({ code: 'WATCHBOT_MESSAGES_FILE', place: '--messages', given, allowed }, cause);
}
