import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { findLocalRun, publishLocalRun, watchLocalRun } from '../../../src/features/stack/local-run';
import { createFakeClock } from '../../helpers/fake-clock';
import { createTestFolder } from '../../helpers/folder';

const folder = createTestFolder();
const file = path.join(folder.path, '.serverless/watchbot/local-run.json');
const references = { watchbot: { queueUrl: 'http://127.0.0.1:1/0/queue' } };

let server: Server;
let endpoint: string;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => {
  server.close();
});
afterAll(() => {
  folder.remove();
});

describe('a local run', () => {
  it('is found by other commands until it ends, and its file is its owner’s only', async () => {
    await expect(findLocalRun(folder.path)).resolves.toBeUndefined();
    const run = await publishLocalRun(folder.path, { endpoint, references }, createFakeClock());
    await expect(findLocalRun(folder.path)).resolves.toMatchObject({ endpoint, references });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await run.end();
    await expect(findLocalRun(folder.path)).resolves.toBeUndefined();
  });

  it('is found again after a package has removed its folder', async () => {
    const clock = createFakeClock();
    const run = await publishLocalRun(folder.path, { endpoint, references }, clock);
    rmSync(path.join(folder.path, '.serverless'), { recursive: true });
    while ((await findLocalRun(folder.path)) === undefined) await clock.advance(1000);
    await run.end();
    await expect(findLocalRun(folder.path)).resolves.toBeUndefined();
  });

  it('is not found if it was killed, nor if its file names another machine', async () => {
    const killed = await publishLocalRun(
      folder.path,
      { endpoint: 'http://127.0.0.1:1', references },
      createFakeClock(),
    );
    await expect(findLocalRun(folder.path)).resolves.toBeUndefined();
    await killed.end();
    const foreign = await publishLocalRun(
      folder.path,
      { endpoint: 'http://example.com:80', references },
      createFakeClock(),
    );
    await expect(findLocalRun(folder.path)).resolves.toBeUndefined();
    await foreign.end();
  });

  it('leaves the file of a run that began after it', async () => {
    const first = await publishLocalRun(folder.path, { endpoint, references }, createFakeClock());
    const second = await publishLocalRun(folder.path, { endpoint, references }, createFakeClock());
    await first.end();
    await expect(findLocalRun(folder.path)).resolves.toMatchObject({ endpoint });
    await second.end();
  });

  it('has ended when nobody answers, or when another one is there', async () => {
    const first = await publishLocalRun(folder.path, { endpoint, references }, createFakeClock());
    const hasEnded = await watchLocalRun(folder.path, endpoint);
    await expect(hasEnded()).resolves.toBe(false);
    // As while `sls package` removes the folder.
    await first.end();
    await expect(hasEnded()).resolves.toBe(false);
    const second = await publishLocalRun(folder.path, { endpoint, references }, createFakeClock());
    await expect(hasEnded()).resolves.toBe(true);
    await second.end();
    const after = await watchLocalRun(folder.path, endpoint);
    server.close();
    await once(server, 'close');
    await expect(after()).resolves.toBe(true);
  });
});
