import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors/user-error';

/**
 * The messages of a file: each line that is not blank is one.
 * @throws {UserError} `WATCHBOT_MESSAGES_FILE`
 */
export async function readMessages(file: string, serviceFolder: string): Promise<string[]> {
  const refuse = (given: string, cause?: unknown) =>
    UserError.of(
      {
        code: 'WATCHBOT_MESSAGES_FILE',
        place: '--messages',
        given,
        allowed: 'a text file with a message in each line',
      },
      cause,
    );
  const text = await readFile(path.resolve(serviceFolder, file), 'utf8').catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw refuse(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`, cause);
  });
  const messages = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (messages.length === 0) throw refuse(`${file}, which is empty`);
  return messages;
}
