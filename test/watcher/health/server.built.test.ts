import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerHealth } from '../../../src/watcher/health/health';
import { checkHealth, newSocketName } from '../../helpers/health';
import { createTestLog } from '../../helpers/test-log';

const servers: Server[] = [];
const open = new Set<Socket>();

afterEach(async () => {
  open.forEach((socket) => socket.destroy());
  open.clear();
  await Promise.all(
    servers.splice(0).map(async (server) => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      await closed;
    }),
  );
});

function listen(name = newSocketName()) {
  const log = createTestLog();
  const state: { problem?: string | undefined } = {};
  const server = answerHealth(name, { liveness: { problem: () => state.problem }, log });
  servers.push(server);
  return { name, log, state, server };
}

/** Something else in the watcher's place. */
async function imposter(onConnection: (socket: Socket) => void): Promise<string> {
  const name = newSocketName();
  const server = createServer((socket) => {
    open.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  servers.push(server);
  await once(server.listen(`\0${name}`), 'listening');
  return name;
}

describe('the answer', () => {
  it('is one line, and then the connection is cut', async () => {
    const { name } = listen();
    expect(await text(connect(`\0${name}`))).toBe('healthy\n');
  });

  it('comes again and again, to many at once and to who keeps the connection open', async () => {
    const { name, server } = listen();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => text(connect({ path: `\0${name}`, allowHalfOpen: true }))),
    );
    expect(new Set(answers)).toEqual(new Set(['healthy\n']));
    const connections = await new Promise((resolve) => server.getConnections((_, held) => resolve(held)));
    expect(connections).toBe(0);
  });

  it('does not wait for what the other side sends, and reads nothing of it', async () => {
    const { name, server } = listen();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(`\0${name}`);
    // It is cut while it writes.
    const cut = new Promise((resolve) => client.on('error', () => undefined).on('close', resolve));
    client.write('x'.repeat(10_000_000));
    const [socket] = await accepted;
    await cut;
    expect(socket.bytesRead).toBe(0);
    expect(await checkHealth(name)).toEqual({ code: 0, output: '' });
  });

  it('is a problem for as long as there is one, which the log has once, however often it is asked for', async () => {
    const { name, state, log } = listen();
    for (const problem of ['stuck', 'stuck', undefined, 'stuck', 'other']) {
      state.problem = problem;
      expect(await text(connect(`\0${name}`))).toBe(`${problem ?? 'healthy'}\n`);
    }
    expect(log.lines).toEqual(['error unhealthy: stuck', 'error unhealthy: stuck', 'error unhealthy: other']);
  });
});

describe('a name that is taken', () => {
  it('is one line of log', async () => {
    const { name } = listen();
    const { server, log } = listen(name);
    await once(server, 'error');
    server.emit('error', new Error('again'));
    expect(log.lines).toEqual([
      expect.stringMatching(/^warn the health check cannot be answered: Error: listen EADDRINUSE/),
    ]);
    expect(await checkHealth(name)).toEqual({ code: 0, output: '' });
  });
});

describe('the check', () => {
  it('passes where the watcher says that it is healthy', async () => {
    expect(await checkHealth(listen().name)).toEqual({ code: 0, output: '' });
  });

  it('fails with the reason that the watcher gives', async () => {
    const { name, state } = listen();
    state.problem = 'the loop stands still';
    expect(await checkHealth(name)).toEqual({ code: 1, output: 'the loop stands still\n' });
  });

  it('fails where nobody listens', async () => {
    expect(await checkHealth(newSocketName())).toEqual({
      code: 1,
      output: 'no answer from the watcher (ECONNREFUSED)\n',
    });
  });

  it.each<{ what: string; onConnection: (socket: Socket) => void; output: string }>([
    { what: 'nothing', onConnection: (socket) => socket.end(), output: 'no answer from the watcher\n' },
    {
      what: 'a healthy word and more',
      onConnection: (socket) => socket.end('healthy, or is it\n'),
      output: 'healthy, or is it\n',
    },
    {
      what: 'without an end',
      onConnection: (socket) => void socket.write('healthy '.repeat(100_000)),
      output: `${'healthy '.repeat(25).trim()}\n`,
    },
    {
      what: 'only a part',
      onConnection: (socket) => void socket.write('healthy'),
      output: 'no answer from the watcher (waited 4 s)\n',
    },
  ])('fails where something else answers: $what', async ({ onConnection, output }) => {
    expect(await checkHealth(await imposter(onConnection))).toEqual({ code: 1, output });
  });
});
