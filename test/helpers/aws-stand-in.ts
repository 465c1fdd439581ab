import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { startTestServer, type ReceivedRequest, type TestServer } from './http-server';

/** An error that the stand-in answers with, in AWS's format. */
export class AwsFault extends Error {
  constructor(
    readonly code: string,
    readonly status = 400,
  ) {
    super(`${code}, says the stand-in`);
  }
}

type Answer = (input: Record<string, unknown>) => object | Promise<object>;

/**
 * A server for AWS's JSON protocols (SQS, CloudWatch Logs) that answers what the test says. It is for what neither
 * emulator does, such as batches that succeed in part, throttling, pages, and lines that come late.
 * @param answers by the name of the operation
 */
export async function startAwsStandIn(answers: Readonly<Record<string, Answer>>): Promise<TestServer> {
  const handle = async ({ headers, body }: ReceivedRequest, response: ServerResponse) => {
    const operation = String(headers['x-amz-target']).split('.').at(-1)!;
    const answer = answers[operation];
    if (answer === undefined) throw new AwsFault('UnknownOperationException');
    response.setHeader('Content-Type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(await answer(JSON.parse(body) as Record<string, unknown>)));
  };
  const server = await startTestServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const { code, status, message } = error instanceof AwsFault ? error : new AwsFault(String(error), 500);
      response.statusCode = status;
      response.setHeader('x-amzn-errortype', code);
      response.end(JSON.stringify({ __type: code, message }));
    });
  });
  running.push(server);
  return server;
}

const running: TestServer[] = [];

/** Stops all stand-ins. Call it in `afterEach`. */
export async function endAwsStandIns(): Promise<void> {
  await Promise.all(running.splice(0).map((server) => server.stop()));
}

/** The result of one sent message. The SDK checks the digest. */
const receipt = ({ Id, MessageBody }: BatchEntry) => ({
  Id,
  MessageId: Id,
  MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
});

export interface BatchEntry {
  Id: string;
  MessageBody: string;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
  DelaySeconds?: number;
}

interface Refusal {
  Code: string;
  SenderFault: boolean;
}

/** A stand-in for a queue. It records the messages that it takes, and refuses those that `refuse` says. */
export async function startQueueStandIn(
  name: string,
  refuse: (entry: BatchEntry) => Refusal | undefined,
  onBatch: () => void | Promise<void> = () => undefined,
) {
  const taken: BatchEntry[] = [];
  const batches: number[] = [];
  let url = '';
  const server = await startAwsStandIn({
    GetQueueUrl: () => ({ QueueUrl: `${url}/000000000000/${name}` }),
    GetQueueAttributes: () => ({ Attributes: { QueueArn: `arn:aws:sqs:us-east-1:000000000000:${name}` } }),
    SendMessageBatch: async (input) => {
      await onBatch();
      const Entries = input.Entries as BatchEntry[];
      const Failed = Entries.flatMap((entry) => {
        const refusal = refuse(entry);
        return refusal === undefined ? [] : [{ Id: entry.Id, Message: 'says the stand-in', ...refusal }];
      });
      const failed = new Set(Failed.map(({ Id }) => Id));
      const successful = Entries.filter(({ Id }) => !failed.has(Id));
      taken.push(...successful);
      batches.push(Entries.length);
      return { Successful: successful.map(receipt), Failed };
    },
  });
  ({ url } = server);
  return { ...server, taken, batches };
}
