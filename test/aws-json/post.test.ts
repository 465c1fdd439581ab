import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createPoster, type Poster } from '../../src/aws-json/post';
import { createFakeClock } from '../helpers/fake-clock';

let server: Server;
let poster: Poster;
const sockets = new Set<Socket>();

afterEach(async () => {
  poster.close();
  sockets.forEach((socket) => socket.destroy());
  server.close();
  await once(server, 'close');
});

/** A server that says just what it is told, each time it is asked anything. */
async function start(onRequest: (socket: Socket, request: number) => void) {
  let requests = 0;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      if (!chunk.toString().includes('POST ')) return;
      requests += 1;
      onRequest(socket, requests);
      asked.splice(0).forEach((resolve) => resolve());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clock = createFakeClock();
  const { port } = server.address() as AddressInfo;
  poster = createPoster(new URL(`http://127.0.0.1:${port}/`), {
    clock,
    connectTimeoutMs: 5_000,
    bodyTimeoutMs: 30_000,
  });
  return {
    clock,
    post: (signal?: AbortSignal) => poster.post({ headers: {}, body: '{}', answerTimeoutMs: 10_000, signal }),
  };
}

const asked: (() => void)[] = [];
const whenAsked = () => new Promise<void>((resolve) => asked.push(resolve));
const HEAD = 'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n';
const whole = (body: string) => `${HEAD}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('an answer', () => {
  it('is there with its status and date, and the connection serves for the next', async () => {
    const { post } = await start((socket) => socket.write(whole('{"a":"ä"}')));
    for (let round = 0; round < 3; round += 1) {
      expect(await post()).toEqual({ status: 200, date: 'Thu, 01 Jan 2026 00:00:00 GMT', body: '{"a":"ä"}' });
    }
    expect(sockets.size).toBe(1);
    sockets.clear();
  });

  it('is put together where it comes in pieces, characters cut in two included', async () => {
    const bytes = Buffer.from(whole('{"a":"ä€"}'));
    const { post } = await start((socket) => {
      for (const byte of bytes) socket.write(Buffer.of(byte));
    });
    expect(await post()).toMatchObject({ body: '{"a":"ä€"}' });
  });
});

describe('what is no whole answer', () => {
  it.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200'],
    ['half a body', `${HEAD}Content-Length: 100\r\n\r\n{"a"`],
    ['half a chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n64\r\n{"a"`],
    ['no HTTP', 'hello\r\n\r\n'],
  ])('is an error: %s, then the end', async (_, text) => {
    const { post } = await start((socket) => socket.end(text));
    await expect(post()).rejects.toThrow();
  });

  it('is an error where the connection is reset', async () => {
    const { post } = await start((socket) => socket.resetAndDestroy());
    await expect(post()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('is told apart where a connection that was kept had been closed meanwhile', async () => {
    const { post } = await start((socket, request) => {
      if (request === 1) socket.write(whole('{}'));
      else socket.resetAndDestroy();
    });
    await post();
    await expect(post()).rejects.toMatchObject({ name: 'StaleConnectionError' });
  });
});

describe('time', () => {
  it('is limited until the answer begins', async () => {
    const { post, clock } = await start(() => undefined);
    const posted = post();
    const failed = expect(posted).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'no answer within 10000 ms',
    });
    await whenAsked();
    await clock.advance(10_000);
    await failed;
  });

  it('is limited until it ends, however long it drips', async () => {
    const { post, clock } = await start((socket) => socket.write(`${HEAD}Content-Length: 100\r\n\r\n{`));
    const posted = post();
    const failed = expect(posted).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'no end of the answer within 30000 ms',
    });
    await whenAsked();
    const [socket] = sockets;
    for (let second = 0; second < 40; second += 1) {
      if (socket?.destroyed === false) socket.write(' ');
      await clock.advance(1_000);
    }
    await failed;
  });

  it('ends when the caller gives up, before it began, meanwhile, or never', async () => {
    const { post } = await start(() => undefined);
    await expect(post(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    const abort = new AbortController();
    const posted = post(abort.signal);
    const failed = expect(posted).rejects.toMatchObject({ name: 'AbortError' });
    await whenAsked();
    abort.abort();
    await failed;
  });
});
