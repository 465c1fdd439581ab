import { ReceiveMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../../src/shared/clock';
import { createSqsClient, findSqs, type SqsClient } from '../../../src/watcher/queue/sqs-client';
import { startTestServer, type TestServer } from '../../helpers/http-server';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let server: TestServer | undefined;
let client: SqsClient | undefined;
const environment = { ...process.env };

afterEach(async () => {
  process.env = { ...environment };
  client?.destroy();
  await server?.stop();
  client = server = undefined;
});

const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' };
const NOW = Date.UTC(2026, 0, 1, 12);

async function start(
  answer: (count: number, response: ServerResponse) => void,
  config: SQSClientConfig = { credentials },
) {
  let count = 0;
  const started = await startTestServer((_, response) => {
    answer((count += 1), response);
  });
  server = started;
  client = createSqsClient({
    clock: systemClock,
    timeOfDay: { now: () => NOW },
    config: { endpoint: started.url, region: 'eu-central-1', ...config },
  });
  return { client, requests: started.requests };
}

const never = { QueueUrl, MaxNumberOfMessages: 1 };
/** By default with the time of day by which it was asked. */
const refuse = (response: ServerResponse, [status, type]: [number, string], nowMs = NOW) =>
  response
    .writeHead(status, { Date: new Date(nowMs).toUTCString() })
    .end(JSON.stringify({ __type: type, message: 'no' }));

describe('a call', () => {
  it('asks what the SDK asks, in the same name and for the same region', async () => {
    const { client: ours, requests } = await start((_, response) => response.end('{}'));
    await ours.call('ReceiveMessage', never);
    const theirs = new SQSClient({
      endpoint: server!.url,
      region: 'eu-central-1',
      credentials,
      systemClockOffset: NOW - Date.now(),
    });
    await theirs.send(new ReceiveMessageCommand(never));
    theirs.destroy();
    const [mine, its] = requests.map(({ headers, body, path }) => ({
      path,
      body: JSON.parse(body) as unknown,
      host: headers.host,
      target: headers['x-amz-target'],
      type: headers['content-type'],
      token: headers['x-amz-security-token'],
      credential: /Credential=[^,]+/.exec(headers.authorization!)?.[0],
    }));
    expect(mine).toEqual(its);
    expect(mine?.credential).toBe('Credential=AKID/20260101/eu-central-1/sqs/aws4_request');
    expect(requests[0]?.headers.authorization).toMatch(
      /SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
  });

  it('reaches an address of IPv6', async () => {
    const asked: (string | undefined)[] = [];
    const six = createServer((request, response) => {
      asked.push(request.headers.host);
      response.end('{}');
    });
    six.listen(0, '::1');
    await once(six, 'listening');
    const endpoint = `http://[::1]:${(six.address() as AddressInfo).port}`;
    try {
      const { client: ours } = await start(() => undefined, { credentials, endpoint });
      expect(await ours.call('ReceiveMessage', never)).toEqual({});
      expect(asked).toEqual([endpoint.replace('http://', '')]);
    } finally {
      client?.destroy();
      six.close();
    }
  });

  it.each([
    ['SQS refuses it', (response: ServerResponse) => refuse(response, [403, 'AccessDenied'])],
    ['SQS fails', (response: ServerResponse) => refuse(response, [500, 'InternalError'])],
    ['it is throttled', (response: ServerResponse) => refuse(response, [400, 'RequestThrottled'])],
    ['the connection is cut', (response: ServerResponse) => response.destroy()],
    ['the answer is garbage', (response: ServerResponse) => response.end('<html>')],
    [
      'the answer is cut',
      (response: ServerResponse) => response.writeHead(200, { 'Content-Length': 9 }).end('{"M'),
    ],
  ])('fails, and is not made again, where %s', async (_, fail) => {
    process.env.AWS_MAX_ATTEMPTS = '50';
    const { client: ours, requests } = await start((_count, response) => {
      fail(response);
    });
    await expect(ours.call('ReceiveMessage', never)).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });

  it('is made again at once where the connection that was kept had been closed', async () => {
    const { client: ours, requests } = await start((count, response) => {
      if (count === 2) response.socket?.resetAndDestroy();
      else response.end('{}');
    });
    await ours.call('ReceiveMessage', never);
    expect(await ours.call('ReceiveMessage', never)).toEqual({});
    expect(requests).toHaveLength(3);
  });

  it('is signed by the time of SQS, where that of the machine is refused', async () => {
    const theirs = NOW + 3_600_000;
    const { client: ours, requests } = await start((count, response) => {
      if (count > 1) return response.end('{}');
      return refuse(response, [403, 'InvalidSignatureException'], theirs);
    });
    await ours.call('ReceiveMessage', never);
    expect(requests.map(({ headers }) => headers['x-amz-date'])).toEqual([
      '20260101T120000Z',
      '20260101T130000Z',
    ]);
  });

  it('is signed once in a second, until SQS refuses it: credentials come and go', async () => {
    let key = 0;
    // Each time that they are asked for they are other ones, since these are of yesterday.
    const provider = () =>
      Promise.resolve({ ...credentials, accessKeyId: `KEY${(key += 1)}`, expiration: new Date(NOW - 1) });
    const { client: ours, requests } = await start(
      (count, response) => (count === 2 ? refuse(response, [403, 'AccessDenied']) : response.end('{}')),
      { credentials: provider },
    );
    await ours.call('ReceiveMessage', never);
    await expect(ours.call('ReceiveMessage', never)).rejects.toThrow('no');
    await ours.call('ReceiveMessage', never);
    const [first, second, third] = requests.map(({ headers }) => headers.authorization);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

describe('credentials that SQS refuses before their own end', () => {
  let agent: TestServer | undefined;
  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
  });

  /** As an ECS task has them: from the agent, each time others, good for hours by their own word. */
  async function startWithAgent(isRefused: (key: string) => boolean, code = 'ExpiredToken') {
    const asked = await startTestServer((_, response) => {
      const Expiration = new Date(Date.now() + 6 * 3_600_000).toISOString();
      const AccessKeyId = `KEY${asked.requests.length}`;
      response.end(JSON.stringify({ AccessKeyId, SecretAccessKey: 's', Token: 't', Expiration }));
    });
    agent = asked;
    process.env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: asked.url, AWS_EC2_METADATA_DISABLED: 'true' };
    const keyOf = (count: number) =>
      /Credential=(\w+)/.exec(server!.requests[count - 1]!.headers.authorization!)![1]!;
    const { client: ours, requests } = await start((count, response) => {
      if (isRefused(keyOf(count))) refuse(response, [403, code]);
      else response.end('{}');
    }, {});
    return { ours, requests, asked: asked.requests };
  }

  it.each([
    'ExpiredToken',
    'com.amazon.coral.service#ExpiredTokenException',
    'InvalidClientTokenId',
    'UnrecognizedClientException',
  ])('as %s are asked for anew, and the call is made again', async (code) => {
    const { ours, requests, asked } = await startWithAgent((key) => key === 'KEY1', code);
    expect(await ours.call('ReceiveMessage', never)).toEqual({});
    expect(await ours.call('ReceiveMessage', never)).toEqual({});
    expect([requests.length, asked.length]).toEqual([3, 2]);
  });

  it('are asked for once for all the calls that they refuse at a time', async () => {
    const { ours, requests, asked } = await startWithAgent((key) => key === 'KEY1');
    const calls = Array.from({ length: 5 }, () => ours.call('ReceiveMessage', never));
    expect(await Promise.all(calls)).toEqual(calls.map(() => ({})));
    expect(asked).toHaveLength(2);
    expect(requests.length).toBeLessThanOrEqual(10);
  });

  it('are asked for once in a call, however they go on to be refused', async () => {
    const { ours, requests, asked } = await startWithAgent(() => true);
    await expect(ours.call('ReceiveMessage', never)).rejects.toMatchObject({ name: 'ExpiredToken' });
    expect([requests.length, asked.length]).toEqual([2, 2]);
    await expect(ours.call('ReceiveMessage', never)).rejects.toMatchObject({ name: 'ExpiredToken' });
    expect(requests).toHaveLength(4);
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it('are those of before where it is the right that is missing', async () => {
    const { ours, asked } = await startWithAgent(() => true, 'AccessDenied');
    await expect(ours.call('ReceiveMessage', never)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(asked).toHaveLength(1);
  });
});

describe('where calls go', () => {
  const find = async (variables: Record<string, string>) => {
    process.env = { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nonexistent', ...variables };
    return (await findSqs({})).endpoint.href;
  };

  it.each([
    [{ AWS_REGION: 'us-east-1' }, 'https://sqs.us-east-1.amazonaws.com/'],
    [{ AWS_REGION: 'cn-north-1' }, 'https://sqs.cn-north-1.amazonaws.com.cn/'],
    [{ AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' }, 'https://sqs-fips.us-east-1.amazonaws.com/'],
    [{ AWS_REGION: 'us-east-1', AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'https://sqs.us-east-1.api.aws/'],
    [{ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1/' }, 'http://127.0.0.1:1/'],
    [{ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:2/' }, 'http://127.0.0.1:2/'],
  ])('is as the SDK finds it: %j', async (variables, endpoint) => {
    expect(await find(variables)).toBe(endpoint);
  });

  it('is refused without a region', async () => {
    await expect(find({})).rejects.toThrow('Region is missing');
  });
});
