import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestEmulator } from '../helpers/emulator';
import { pascal, type AwsCommand } from './page';

export const textOf = (words: readonly string[]) => (words.length === 1 ? words[0] : words);

/** Runs a command of the AWS CLI through the SDK's command of the same name. */
export async function runAws(
  { sqs: sqsClient, sns: snsClient }: TestEmulator,
  { service, operation, options }: AwsCommand,
): Promise<Record<string, unknown>> {
  const input = Object.fromEntries(
    Object.entries(options).map(([name, words]) => [
      pascal(name),
      name.endsWith('-names') ? words : textOf(words),
    ]),
  );
  const [client, commands] = service === 'sqs' ? [sqsClient, sqs] : [snsClient, sns];
  const Command = (commands as Record<string, unknown>)[`${pascal(operation)}Command`] as new (
    given: object,
  ) => never;
  return { ...(await (client as sqs.SQSClient).send(new Command(input))) };
}

/** Which messages were sent, and which consumer has done each. */
export class Ledger {
  readonly sent = new Set<string>();
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  lines(): string[] {
    return readFileSync(this.file, { encoding: 'utf8', flag: 'a+' }).split('\n').slice(0, -1);
  }

  doneBy(who: 'old' | 'new'): string[] {
    return this.lines().flatMap((line) => (line.startsWith(`${who} `) ? [line.slice(4)] : []));
  }

  undone(): string[] {
    const done = new Set(this.lines().map((line) => line.slice(4)));
    return [...this.sent].filter((body) => !done.has(body));
  }
}

/** Polls until the condition holds, since files and queues do not announce changes. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50);
}

export const BACKLOG = 60;

/** Publishes messages to the topic one after the other until it is stopped. */
export function startSender({ sns: client }: TestEmulator, TopicArn: string, ledger: Ledger) {
  const stopped = new AbortController();
  const publish = async () => {
    const Message = `m${ledger.sent.size + 1}`;
    await client.send(new sns.PublishCommand({ TopicArn, Message }));
    ledger.sent.add(Message);
  };
  const sending = (async () => {
    while (!stopped.signal.aborted) {
      await publish();
      // Once there is a backlog, it sends no faster than messages are done.
      if (ledger.sent.size > BACKLOG) await delay(25);
    }
  })();
  return {
    /** Waits until `count` more messages are sent. */
    more: (count: number) => {
      const enough = ledger.sent.size + count;
      return until(() => ledger.sent.size >= enough);
    },
    stop: () => {
      stopped.abort();
      return sending;
    },
  };
}

/** Starts a consumer that works as Watchbot does, in a process that can be killed at work. */
export function startOldConsumer({ endpoint }: TestEmulator, queueUrl: string, ledger: Ledger) {
  const child: ChildProcess = fork(
    path.join(__dirname, 'old-consumer.mjs'),
    [endpoint, queueUrl, ledger.file],
    {
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    },
  );
  return {
    /** Kills the consumer while it works on a message. @returns the body of that message */
    killAtWork: async (): Promise<string> => {
      child.send('get stuck');
      const [{ has }] = (await once(child, 'message')) as [{ has: string }];
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      return has;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
