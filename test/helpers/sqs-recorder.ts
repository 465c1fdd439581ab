import { collectLines, type Lines } from './lines';
import { startTestServer, type ReceivedRequest } from './http-server';

/** One call of SQS, as the watcher makes it. */
export interface SqsCall {
  /** `ReceiveMessage`, `DeleteMessageBatch` … */
  action: string;
  body: {
    MaxNumberOfMessages?: number;
    WaitTimeSeconds?: number;
    VisibilityTimeout?: number;
    MessageSystemAttributeNames?: string[];
    Entries?: { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[];
  };
}

export interface SqsAnswer {
  status: number;
  body: string;
}

/** Decides the answer to a call: usually it passes the call on. If it returns undefined, the connection is cut. */
export type Intercept = (call: SqsCall, pass: () => Promise<SqsAnswer>) => Promise<SqsAnswer | undefined>;

export interface SqsRecorder {
  endpoint: string;
  calls: SqsCall[];
  /** The same calls as lines that a test can wait for: action, and body as JSON. */
  lines: Lines;
  /** The calls of an action. */
  of(action: string): SqsCall[];
  stop(): Promise<void>;
}

/** A proxy between a watcher and the emulator that records every call. */
export async function startSqsRecorder(
  target: string,
  intercept: Intercept = (_, pass) => pass(),
): Promise<SqsRecorder> {
  const calls: SqsCall[] = [];
  const lines = collectLines();
  const server = await startTestServer((request, response) => {
    const call = callOf(request);
    calls.push(call);
    lines.add(`${call.action} ${request.body}`);
    const cut = () => {
      response.destroy();
    };
    intercept(call, () => pass(target, request)).then((answer) => {
      if (answer === undefined) return cut();
      response.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(answer.body);
    }, cut);
  });
  return {
    endpoint: server.url,
    calls,
    lines,
    of: (wanted) => calls.filter(({ action }) => action === wanted),
    stop: () => server.stop(),
  };
}

const TARGET = 'x-amz-target';

function callOf({ headers, body }: ReceivedRequest): SqsCall {
  const [, action = ''] = String(headers[TARGET]).split('.');
  return { action, body: JSON.parse(body) as SqsCall['body'] };
}

async function pass(target: string, { headers, body }: ReceivedRequest): Promise<SqsAnswer> {
  const { 'content-type': type, authorization, [TARGET]: action } = headers;
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'Content-Type': String(type), Authorization: String(authorization), [TARGET]: String(action) },
    body,
  });
  return { status: response.status, body: await response.text() };
}
