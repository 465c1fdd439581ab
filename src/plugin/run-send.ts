import { text } from 'node:stream/consumers';
import type { Configuration } from '../config/configuration';
import { UserError } from '../errors/user-error';
import { emulatorEndpoint } from '../local/emulator';
import { workerAddress } from '../operations/addresses';
import { chooseWorker } from '../operations/choose-worker';
import { createSend, type SendClients, type SentMessage } from '../operations/send';
import { awsClients, localClients } from './clients';
import { portOption, textOption } from './command-options';
import { argumentsOf } from './commands';
import type { Serverless, Utils } from './framework';

export interface CommandParts {
  serverless: Serverless;
  options: Readonly<Record<string, unknown>>;
  utils: Utils;
  configuration: Configuration;
}

/** `sls watchbot send`. */
export async function runSend(parts: CommandParts & { words: readonly string[] }): Promise<void> {
  const { options, utils, configuration } = parts;
  const worker = chooseWorker(configuration, textOption(options, 'worker'));
  const message = {
    body: await messageBody(parts.words),
    subject: textOption(options, 'subject'),
    groupId: textOption(options, 'group'),
  };
  const isLocal = options.local === true;
  const port = portOption(options, { least: 1 });
  const { clients, place } = await clientsFor(parts.serverless, isLocal, port);
  const send = await explain(isLocal, port, () => createSend(clients, workerAddress(configuration, worker)));
  const sent = await send(message);
  utils.writeText(
    options.json === true
      ? JSON.stringify({ worker: worker.name, ...sent })
      : sentence(worker.name, sent, place),
  );
}

async function clientsFor(serverless: Serverless, isLocal: boolean, port: number) {
  const provider = serverless.getProvider('aws');
  const clients: SendClients = isLocal
    ? await localClients(provider, emulatorEndpoint(port))
    : await awsClients(provider);
  return { clients, place: isLocal ? emulatorEndpoint(port) : provider.getRegion() };
}

function sentence(worker: string, { messageId, to }: SentMessage, place: string): string {
  return `Sent ${messageId} to the ${to} of ${worker} (${place})`;
}

/** The only argument, or standard input where there is none. */
async function messageBody(words: readonly string[]): Promise<string> {
  const [body, ...others] = argumentsOf(words);
  if (others.length > 0) {
    throw UserError.of({
      code: 'WATCHBOT_ARGUMENTS',
      place: 'sls watchbot send',
      given: `${others.length + 1} words`,
      allowed: 'one message',
      advice: 'put it into quotes: sls watchbot send \'{"z": 1}\'',
    });
  }
  if (body !== undefined) return body;
  if (process.stdin.isTTY) {
    throw UserError.of({
      code: 'WATCHBOT_ARGUMENTS',
      place: 'sls watchbot send',
      given: 'no message',
      allowed: 'a message as an argument, or on standard input',
      advice: 'sls watchbot send \'{"z":1}\'',
    });
  }
  return text(process.stdin);
}

/** A refused connection on this machine means that nothing runs there. */
async function explain<T>(isLocal: boolean, port: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!isLocal || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
    throw UserError.of(
      {
        code: 'WATCHBOT_LOCAL_NOT_RUNNING',
        place: emulatorEndpoint(port),
        given: 'no answer',
        allowed: 'a running `sls watchbot local`',
        advice: 'start it in another terminal, or give its port with --port',
      },
      error,
    );
  }
}
