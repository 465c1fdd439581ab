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
  const place = placeOf(parts);
  const sent = await explain(place, async () => {
    const clients = await clientsFor(parts.serverless, place);
    const send = await createSend(clients, workerAddress(configuration, worker));
    return send(message);
  });
  const result = { worker: worker.name, ...sent };
  utils.writeText(options.json === true ? JSON.stringify(result) : sentence(result, place));
}

/** Where a message is sent to. */
interface Place {
  isLocal: boolean;
  endpoint: string;
  text: string;
}

function placeOf({ options, configuration }: CommandParts): Place {
  const endpoint = emulatorEndpoint(portOption(options, { least: 1 }));
  const isLocal = options.local === true;
  return { isLocal, endpoint, text: isLocal ? endpoint : `AWS, ${configuration.context.region}` };
}

function clientsFor(serverless: Serverless, { isLocal, endpoint }: Place): Promise<SendClients> {
  const provider = serverless.getProvider('aws');
  return isLocal ? localClients(provider, endpoint) : awsClients(provider);
}

function sentence({ worker, messageId, to }: SentMessage & { worker: string }, { text }: Place): string {
  return `Sent ${messageId} to the ${to} of ${worker} (${text})`;
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

/** Errors of the SDK in a user's words. */
async function explain<T>(place: Place, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // The framework's own errors, of missing credentials for instance, speak for themselves.
    if ((error as Error).name === 'ServerlessError') throw error;
    throw isRefused(error) && place.isLocal ? notRunning(place, error) : notTaken(place, error);
  }
}

function isRefused(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

function notRunning({ text }: Place, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_LOCAL_NOT_RUNNING',
      place: text,
      given: 'no answer',
      allowed: 'a running `sls watchbot local`',
      advice: 'start it in another terminal, or give its port with --port',
    },
    cause,
  );
}

/** The SDK says what is wrong, and of a missing right which one it is. */
function notTaken({ text }: Place, cause: unknown): UserError {
  const { name, message } = cause as Error;
  return UserError.of(
    {
      code: 'WATCHBOT_SEND',
      place: text,
      given: `${name}: ${message}`,
      advice:
        'check --region, --aws-profile and the rights to sqs:GetQueueUrl, sqs:GetQueueAttributes and sns:Publish',
    },
    cause,
  );
}
