import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { createPoster, type Poster } from '../../src/aws-json/post';
import { proxyFor } from '../../src/aws-json/proxy';
import { createFakeClock, type FakeClock } from '../helpers/fake-clock';

const proxyOf = (url: string, environment: Record<string, string>) =>
  proxyFor(new URL(url), environment)?.href;

const SQS = 'https://sqs.eu-central-1.amazonaws.com/';
const PROXY = 'http://proxy.example:3128';

describe('the proxy of an address', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [SQS, {}, undefined],
    [SQS, { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    [SQS, { https_proxy: PROXY }, `${PROXY}/`],
    [SQS, { https_proxy: PROXY, HTTPS_PROXY: 'http://other' }, `${PROXY}/`],
    [SQS, { https_proxy: '', HTTPS_PROXY: PROXY }, `${PROXY}/`],
    [SQS, { HTTP_PROXY: PROXY }, undefined],
    ['http://sqs.example/', { HTTP_PROXY: PROXY }, `${PROXY}/`],
    ['http://sqs.example/', { http_proxy: PROXY }, `${PROXY}/`],
    ['http://sqs.example/', { HTTPS_PROXY: PROXY }, undefined],
    [SQS, { HTTPS_PROXY: 'proxy.example:3128' }, `${PROXY}/`],
    [SQS, { HTTPS_PROXY: ' http://u:p%40@proxy.example ' }, 'http://u:p%40@proxy.example/'],
    [SQS, { HTTPS_PROXY: 'https://proxy.example' }, 'https://proxy.example/'],
    [SQS, { HTTPS_PROXY: '10.0.0.1:3128' }, 'http://10.0.0.1:3128/'],
    [SQS, { HTTPS_PROXY: 'http://[fd00::1]:3128' }, 'http://[fd00::1]:3128/'],
  ])('%s by %j is %s', (url, environment, proxy) => {
    expect(proxyOf(url, environment)).toBe(proxy);
  });

  it.each([
    'http://127.0.0.1:4566/',
    'http://127.9.9.9/',
    'http://localhost:4566/',
    'http://queue.localhost:4566/',
    'http://[::1]:4566/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.170.2/v2/credentials',
    'http://169.254.169.254/latest',
    'http://[fd00:ec2::254]/',
  ])('%s is never one', (url) => {
    expect(proxyOf(url, { http_proxy: PROXY, https_proxy: PROXY, NO_PROXY: 'other' })).toBeUndefined();
    expect(
      proxyOf(url.replace('http:', 'https:'), { http_proxy: PROXY, https_proxy: PROXY }),
    ).toBeUndefined();
  });

  it.each([
    ['*'],
    ['sqs.eu-central-1.amazonaws.com'],
    ['SQS.eu-central-1.amazonaws.COM'],
    ['amazonaws.com'],
    ['.amazonaws.com'],
    ['*.amazonaws.com'],
    ['amazonaws.com.'],
    ['amazonaws.com:443'],
    ['localhost,127.0.0.1, .amazonaws.com'],
    ['localhost 127.0.0.1 .amazonaws.com'],
  ])('is none where NO_PROXY is %s', (noProxy) => {
    expect(proxyOf(SQS, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).toBeUndefined();
    expect(proxyOf(SQS, { HTTPS_PROXY: PROXY, no_proxy: noProxy, NO_PROXY: 'other' })).toBeUndefined();
  });

  it.each([
    [''],
    [','],
    ['.'],
    ['localhost,127.0.0.1'],
    ['azonaws.com'],
    ['amazonaws.com:80'],
    ['eu-central-1'],
    ['10.0.0.0/8'],
    ['amazonaws.com/8'],
    ['amazon*'],
  ])('stays where NO_PROXY is %s', (noProxy) => {
    expect(proxyOf(SQS, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).toBe(`${PROXY}/`);
  });

  it.each([
    ['http://10.1.2.3/', '10.0.0.0/8', true],
    ['http://10.1.2.3/', '11.0.0.0/8', false],
    ['http://10.1.2.3/', '10.1.2.3', true],
    ['http://10.1.2.3:8080/', '10.1.2.3:8080', true],
    ['http://10.1.2.3:8081/', '10.1.2.3:8080', false],
    ['http://10.1.2.3/', '10.0.0.0/99', false],
    ['http://10.1.2.3/', '10.0.0.0/', true],
    ['http://[fd12::5]/', 'fd00::/8', true],
    ['http://[fd12::5]/', '[fd12::5]', true],
    ['http://[fd12::5]:8080/', '[fd12::5]:8080', true],
    ['http://[fd12::5]:8081/', '[fd12::5]:8080', false],
    ['http://[fd12::5]/', 'fe80::/10', false],
  ])('of %s with NO_PROXY %s: reached without it %p', (url, noProxy, isDirect) => {
    expect(proxyOf(url, { HTTP_PROXY: PROXY, NO_PROXY: noProxy }) === undefined).toBe(isDirect);
  });

  it.each(['socks5://proxy:1080', 'http://', 'http://user:hunter2@proxy:99999', 'a b'])(
    'is refused as %s, without a word of its password',
    (given) => {
      const find = () => proxyOf(SQS, { HTTPS_PROXY: given });
      expect(find).toThrow('HTTPS_PROXY is no address of a proxy, as http://host:port');
    },
  );
});

const pem = (name: string) => readFileSync(path.resolve(__dirname, '../fixtures/tls', name));
const CERTIFICATE = pem('certificate.pem');

describe('through a proxy', () => {
  const posters: Poster[] = [];
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const seen: { line: string; password: string | undefined; host: string | undefined }[] = [];
  let refuseBy: number | undefined;
  let isSilent = false;

  beforeEach(() => {
    seen.length = 0;
    refuseBy = undefined;
    isSilent = false;
    const { connect: connectTls } = tls;
    // The certificate of the test is nobody's.
    jest
      .spyOn(tls, 'connect')
      .mockImplementation(((options: tls.ConnectionOptions, ...rest: never[]) =>
        connectTls({ ...options, ca: CERTIFICATE }, ...rest)) as typeof tls.connect);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    posters.splice(0).forEach((poster) => poster.close());
    sockets.forEach((socket) => socket.destroy());
    servers.splice(0).forEach((server) => server.close());
  });

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** It takes every name for the one server that there is. */
  async function startProxy(serverPort: number): Promise<string> {
    const note = (line: string, headers: Record<string, unknown>) =>
      seen.push({
        line,
        password: headers['proxy-authorization'] as string | undefined,
        host: headers.host as string | undefined,
      });
    const proxy = createHttpServer((request, response) => {
      note(`${request.method} ${request.url}`, request.headers);
      const { method, headers } = request;
      const passed = httpRequest(
        { port: serverPort, host: '127.0.0.1', method, path: '/', headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(passed);
    });
    proxy.on('connect', (request, socket: Socket) => {
      note(`CONNECT ${request.url}`, request.headers);
      if (isSilent) return;
      if (refuseBy !== undefined)
        return void socket.end(`HTTP/1.1 ${refuseBy} No\r\nContent-Length: 0\r\n\r\n`);
      const behind = connect(serverPort, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(behind).pipe(socket);
      });
      sockets.add(behind.on('error', () => undefined));
    });
    return `127.0.0.1:${await listen(proxy)}`;
  }

  async function start(
    url: string,
    proxyUrl: (address: string) => string = (address) => `http://${address}`,
  ) {
    const answer: Parameters<typeof createHttpServer>[1] = (request, response) => {
      void request
        .toArray()
        .then((chunks) => response.end(`you said ${Buffer.concat(chunks as Buffer[]).toString()}`));
    };
    const server = url.startsWith('https')
      ? createTlsServer({ key: pem('key.pem'), cert: CERTIFICATE }, answer)
      : createHttpServer(answer);
    const proxy = proxyUrl(await startProxy(await listen(server)));
    const clock = createFakeClock();
    const environment = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
    const poster = createPoster(
      new URL(url),
      { clock, connectTimeoutMs: 5_000, bodyTimeoutMs: 30_000 },
      environment,
    );
    posters.push(poster);
    const post = (signal?: AbortSignal) =>
      poster.post({ headers: { host: 'sqs.example.test' }, body: 'hello', answerTimeoutMs: 10_000, signal });
    return { post, clock };
  }

  it('what is secret is passed in a tunnel, which stays open', async () => {
    const { post } = await start('https://sqs.example.test/');
    expect(await post()).toMatchObject({ status: 200, body: 'you said hello' });
    expect(await post()).toMatchObject({ status: 200, body: 'you said hello' });
    expect(seen).toEqual([
      { line: 'CONNECT sqs.example.test:443', password: undefined, host: 'sqs.example.test:443' },
    ]);
  });

  it('what is not is asked for by its whole address, with the host for which it was signed', async () => {
    const { post } = await start('http://sqs.example.test:8080/', (address) => `http://u:p%40ss@${address}`);
    expect(await post()).toMatchObject({ status: 200, body: 'you said hello' });
    const password = `Basic ${Buffer.from('u:p@ss').toString('base64')}`;
    expect(seen).toEqual([
      { line: 'POST http://sqs.example.test:8080/', password, host: 'sqs.example.test' },
    ]);
  });

  it.each([
    ['u:p%40ss', 'u:p@ss'],
    ['u:100%', 'u:100%'],
    ['u', 'u:'],
  ])('a password as %s is told to the proxy, and to nobody else', async (given, told) => {
    const { post } = await start('https://sqs.example.test:8443/', (address) => `http://${given}@${address}`);
    expect(await post()).toMatchObject({ status: 200 });
    expect(seen.map(({ line, password }) => ({ line, password }))).toEqual([
      { line: 'CONNECT sqs.example.test:8443', password: `Basic ${Buffer.from(told).toString('base64')}` },
    ]);
  });

  it.each([
    [407, /^the proxy 127.0.0.1:\d+ wants a user and a password: http:\/\/USER:PASSWORD@127/],
    [403, /^the proxy 127.0.0.1:\d+ does not connect: HTTP status 403$/],
  ])('a refusal, HTTP status %d, is told', async (status, text) => {
    const { post } = await start('https://sqs.example.test/');
    refuseBy = status;
    await expect(post()).rejects.toThrow(text);
    refuseBy = undefined;
    expect(await post()).toMatchObject({ status: 200 });
  });

  it('whoever is not the host whose name was given is refused', async () => {
    const { post } = await start('https://sqs.other.test/');
    await expect(post()).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  const whenAsked = async (clock: FakeClock) => {
    while (seen.length === 0) await clock.advance(0);
  };

  it('a silent one is given up in the time that a connection may take', async () => {
    const { post, clock } = await start('https://sqs.example.test/');
    isSilent = true;
    const posted = expect(post()).rejects.toThrow('no connection within 5000 ms');
    await whenAsked(clock);
    await clock.advance(5_000);
    await posted;
  });

  it('a request that is aborted meanwhile is so at once', async () => {
    const { post, clock } = await start('https://sqs.example.test/');
    isSilent = true;
    const stop = new AbortController();
    const posted = expect(post(stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await whenAsked(clock);
    stop.abort();
    await posted;
    // Its tunnel still has the time of a connection.
    await clock.advance(5_000);
  });

  it('that is not there is told as any server', async () => {
    const { post } = await start('https://sqs.example.test/', () => 'http://127.0.0.1:1');
    await expect(post()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
