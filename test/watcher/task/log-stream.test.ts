import { afterEach, describe, expect, it } from '@jest/globals';
import { findLogStream } from '../../../src/watcher/task/log-stream';
import { json, startTestServer, type Answer, type TestServer } from '../../helpers/http-server';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** As ECS's metadata endpoint answers. */
async function found(answer: Answer): Promise<string> {
  server = await startTestServer(answer);
  return findLogStream(server.url, 'this-host');
}

describe('the stream of this container’s log', () => {
  it('is what ECS says', async () => {
    const LogOptions = { 'awslogs-stream': 'tiles-dev/watchbot/0a1b2c', 'awslogs-group': 'tiles' };
    expect(await found(json({ DockerId: '1', LogOptions }))).toBe('tiles-dev/watchbot/0a1b2c');
  });

  it.each([
    { what: 'another log driver', answer: json({ LogDriver: 'json-file' }) },
    { what: 'no text', answer: json({ LogOptions: { 'awslogs-stream': 7 } }) },
    { what: 'an error', answer: json('no', 500) },
  ])('is the host’s name after $what', async ({ answer }) => {
    expect(await found(answer)).toBe('this-host');
  });

  it('is the host’s name outside ECS', async () => {
    expect(await findLogStream(undefined, 'this-host')).toBe('this-host');
  });
});
