import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { MAX_ANSWER_BYTES } from '../../../../src/contract/runtime-api';
import { RuntimeApi } from '../../../../src/watcher/worker/warm/runtime-api';

const PATH = '/2018-06-01/runtime';
const ACCEPTED = { status: 202, body: { status: 'OK' } };
const invocation = { requestId: 'r1', event: '{"Records":[]}', deadlineMs: 7, traceHeader: undefined };

let api: RuntimeApi;
let events: string[];
let told: ((event: string) => void)[];
let address: string;

beforeEach(async () => {
  const own: string[] = (events = []);
  const waiting: typeof told = (told = []);
  // What is still said when this test is over does not reach the next.
  const tell = (event: string) => {
    own.push(event);
    waiting.splice(0).forEach((resolve) => {
      resolve(event);
    });
  };
  api = new RuntimeApi({
    functionArn: 'arn:function',
    onReady: () => {
      tell('ready');
    },
    onGone: () => {
      tell('gone');
    },
    onAnswer: (answer) => {
      const text =
        answer.kind === 'response' ? answer.body.toString('utf8').slice(0, 40) : JSON.stringify(answer);
      tell(`${answer.kind} ${text}`);
    },
    onInitError: ({ errorType, errorMessage }) => {
      tell(`init ${errorType}: ${errorMessage}`);
    },
  });
  address = await api.listen();
});
afterEach(() => {
  api.close();
});

const nextEvent = () => new Promise<string>((resolve) => told.push(resolve));

async function ask(
  method: string,
  path: string,
  { body = '', headers = {} }: { body?: string; headers?: Record<string, string> } = {},
) {
  const asked = request(`http://${address}${path}`, { method, agent: false, headers });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await json(response), headers: response.headers };
}
const post = async (path: string, body = '', headers: Record<string, string> = {}) => {
  const { status, body: answer } = await ask('POST', path, { body, headers });
  return { status, body: answer };
};

/** Asks for an invocation, and is given it. */
async function invoke(more: Partial<typeof invocation> = {}) {
  const ready = nextEvent();
  const asked = ask('GET', `${PATH}/invocation/next`);
  await ready;
  api.give({ ...invocation, ...more });
  return asked;
}

describe('a web page', () => {
  it.each<Record<string, string>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-origin' },
    { host: 'rebound.example:80' },
    { host: '127.0.0.1.evil.example' },
  ])('gets no event, and settles none: %j', async (headers) => {
    const refused = { status: 403, body: { errorMessage: 'no worker: web pages have no access' } };
    await invoke();
    await expect(post(`${PATH}/invocation/r1/response`, '{}', headers)).resolves.toMatchObject(refused);
    await expect(post(`${PATH}/init/error`, '{}', headers)).resolves.toMatchObject(refused);
    await expect(ask('GET', `${PATH}/invocation/next`, { headers })).resolves.toMatchObject(refused);
    expect(events).toEqual(['ready']);
  });

  it('is not taken for one: what fetch adds in Node, and another name of this machine', async () => {
    await invoke();
    const headers = { host: 'localhost:9001', 'sec-fetch-mode': 'cors' };
    await expect(post(`${PATH}/invocation/r1/response`, '{}', headers)).resolves.toEqual(ACCEPTED);
  });
});

describe('an invocation', () => {
  it('comes again at once where the one who was ready has hung up', async () => {
    const ready = nextEvent();
    const asked = request(`http://${address}${PATH}/invocation/next`, { agent: false });
    asked.on('error', () => undefined).end();
    await ready;
    const gone = nextEvent();
    asked.destroy();
    await gone;
    api.give(invocation);
    expect(events.at(-1)).toContain('it hung up before it got the invocation');
  });

  it('has no trace where that is no header', async () => {
    const { status, headers } = await invoke({ traceHeader: 'Root=1\r\nx: y' as never });
    expect({ status, trace: headers['lambda-runtime-trace-id'] }).toEqual({ status: 200, trace: undefined });
  });

  it('has the event, and what goes with it in headers', async () => {
    const { status, body, headers } = await invoke();
    expect({ status, body }).toEqual({ status: 200, body: { Records: [] } });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': 'r1',
      'lambda-runtime-deadline-ms': '7',
      'lambda-runtime-invoked-function-arn': 'arn:function',
    });
    expect(headers).not.toHaveProperty('lambda-runtime-trace-id');
  });

  it('has the trace of its message', async () => {
    const { headers } = await invoke({ traceHeader: 'Root=1-2-3' as unknown as undefined });
    expect(headers).toHaveProperty('lambda-runtime-trace-id', 'Root=1-2-3');
  });

  it('ends with its answer', async () => {
    await invoke();
    expect(await post(`${PATH}/invocation/r1/response`, '{"a":1}')).toEqual(ACCEPTED);
    expect(events).toEqual(['ready', 'response {"a":1}']);
  });

  it.each([
    { body: '{"errorType":"TypeError","errorMessage":"x"}', headers: {}, error: ['TypeError', 'x'] },
    {
      body: '',
      headers: { 'Lambda-Runtime-Function-Error-Type': 'Fatal' },
      error: ['Fatal', 'without a message'],
    },
    { body: 'no JSON', headers: {}, error: ['Error', 'without a message'] },
    { body: '{"errorType":7}', headers: {}, error: ['Error', 'without a message'] },
  ])('ends with an error: $body $headers', async ({ body, headers, error: [errorType, errorMessage] }) => {
    await invoke();
    expect(await post(`${PATH}/invocation/r1/error`, body, headers as Record<string, string>)).toEqual(
      ACCEPTED,
    );
    const error = JSON.stringify({ kind: 'error', error: { errorType, errorMessage } });
    expect(events.at(-1)).toBe(`error ${error}`);
  });

  it.each([
    { bytes: MAX_ANSWER_BYTES, status: 202, event: /^response x/ },
    { bytes: MAX_ANSWER_BYTES + 1, status: 413, event: /^refused .*more than 6291556 bytes/ },
  ])('takes an answer of $bytes bytes with $status', async ({ bytes, status, event }) => {
    await invoke();
    expect((await post(`${PATH}/invocation/r1/response`, 'x'.repeat(bytes))).status).toBe(status);
    expect(events.at(-1)).toMatch(event);
  });

  it('does not take an answer in pieces, and says so', async () => {
    await invoke();
    const headers = { 'Lambda-Runtime-Function-Response-Mode': 'streaming' };
    expect(await post(`${PATH}/invocation/r1/response`, 'piece', headers)).toMatchObject({
      status: 400,
      body: { errorMessage: expect.stringContaining('streamed') as unknown },
    });
    expect(events.at(-1)).toMatch(/^refused .*it streamed its answer/);
  });

  it('is given up by a runtime that asks for the next instead of answering', async () => {
    await invoke();
    void ask('GET', `${PATH}/invocation/next`).catch(() => undefined);
    await nextEvent();
    expect(events.slice(1)).toEqual([expect.stringMatching(/^refused .*asked for the next/), 'ready']);
  });
});

describe('what does not fit', () => {
  it.each(['response', 'error'])('a second %s is refused', async (kind) => {
    await invoke();
    await post(`${PATH}/invocation/r1/response`, '1');
    expect(await post(`${PATH}/invocation/r1/${kind}`, '2')).toMatchObject({
      status: 400,
      body: { errorType: 'InvalidRequestID' },
    });
    expect(events).toEqual(['ready', 'response 1']);
  });

  it('an answer to another invocation is refused', async () => {
    await invoke();
    expect(await post(`${PATH}/invocation/r2/response`, '1')).toMatchObject({ status: 400 });
    expect(events).toEqual(['ready']);
  });

  it.each([
    ['GET', '/'],
    ['POST', `${PATH}/invocation/next`],
    ['GET', `${PATH}/invocation/r1/response`],
    ['POST', `${PATH}/restore/error`],
    ['POST', '/2020-01-01/extension/register'],
    ['PUT', '/2022-07-01/telemetry'],
  ])('%s %s is no part of it', async (method, path) => {
    expect(await ask(method, path)).toMatchObject({ status: 404, body: { errorType: 'NotFound' } });
  });

  it('an error of initialisation is told before the first invocation, and refused after', async () => {
    const error = '{"errorType":"Runtime.ImportModuleError","errorMessage":"no file"}';
    expect(await post(`${PATH}/init/error`, error)).toEqual(ACCEPTED);
    expect(events).toEqual(['init Runtime.ImportModuleError: no file']);
    await invoke();
    expect(await post(`${PATH}/init/error`, error)).toMatchObject({ status: 403 });
  });
});

describe('a runtime that hangs up', () => {
  it('while it waits is gone, and is ready when it asks again', async () => {
    const [host, port] = address.split(':');
    const ready = nextEvent();
    const socket = connect(Number(port), host);
    socket.write(`GET ${PATH}/invocation/next HTTP/1.1\r\nhost: ${address}\r\n\r\n`);
    await ready;
    const gone = nextEvent();
    socket.destroy();
    await gone;
    await invoke();
    expect(events).toEqual(['ready', 'gone', 'ready']);
  });

  it('in the middle of its answer has not answered', async () => {
    await invoke();
    const [host, port] = address.split(':');
    const socket = connect(Number(port), host);
    await new Promise<void>((resolve) => {
      socket.write(
        `POST ${PATH}/invocation/r1/response HTTP/1.1\r\nhost: ${address}\r\ncontent-length: 100\r\n\r\nhalf`,
        () => {
          resolve();
        },
      );
    });
    socket.destroy();
    expect(await post(`${PATH}/invocation/r1/response`, 'whole')).toEqual(ACCEPTED);
    expect(events).toEqual(['ready', 'response whole']);
  });
});
