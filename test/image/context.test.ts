import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contextFault, contextFiles } from '../../src/image/context';
import { prepareImages } from '../../src/image/prepare';
import { parse } from '../config/support';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-context-'));
  writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const put = (name: string, text = '') => {
  writeFileSync(path.join(folder, name), text);
};
const DOCKERFILE = { dockerfile: 'Dockerfile' };
const names = async () => (await contextFiles(folder, DOCKERFILE)).map(({ path: name }) => name);

/** What a user reads, and that nothing was written. */
async function errorOf(): Promise<string> {
  const configuration = parse({ command: 'true', image: '.' });
  const before = readdirSync(folder);
  const error = await prepareImages(configuration, folder).catch((reason: unknown) => reason as Error);
  expect(error).toMatchObject({ name: 'ServerlessError' });
  expect(readdirSync(folder)).toEqual(before);
  const { message, stack } = error as Error;
  expect(stack).toBe(message);
  return message;
}

describe('an ignore file', () => {
  it.each([['['], ['a['], ['[z-a]'], ['!['], ['*['], ['[a-\\]']])(
    'with a line %j is told, with its number',
    async (line) => {
      put('.dockerignore', `node_modules\n${line}\n`);
      const message = await errorOf();
      expect(message).toContain(`given:   line 2 of .dockerignore: ${JSON.stringify(line)}`);
      expect(message).toContain('write \\[ for a bracket that is one');
    },
  );

  it.each([['[abc]'], ['[a-z]*'], ['\\['], ['!a'], ['# ['], [''], ['**/a'], ['a]']])(
    'may have a line %j',
    async (line) => {
      put('.dockerignore', `${line}\n`);
      await expect(names()).resolves.toContain('Dockerfile');
    },
  );

  it.each(['.dockerignore', 'Dockerfile.dockerignore'])('that is a folder is told: %s', async (name) => {
    mkdirSync(path.join(folder, name));
    expect(await errorOf()).toContain(`given:   ${name}, which is not a file`);
  });

  it('that leads to itself is told', async () => {
    symlinkSync('.dockerignore', path.join(folder, '.dockerignore'));
    expect(await errorOf()).toContain('given:   .dockerignore, which cannot be read: ELOOP');
  });

  it('that leads nowhere is none, as for docker', async () => {
    symlinkSync('nowhere', path.join(folder, '.dockerignore'));
    await expect(names()).resolves.toEqual(['.dockerignore', 'Dockerfile']);
  });
});

describe('names that are no UTF-8', () => {
  const latin = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);

  it('are told, of a file', async () => {
    writeFileSync(latin('caf\xe9.txt'), '');
    expect(await errorOf()).toContain('given:   caf\ufffd.txt, whose name is not in UTF-8');
  });

  it('are told, of a folder', async () => {
    mkdirSync(latin('caf\xe9'));
    expect(await errorOf()).toContain('given:   caf\ufffd, whose name is not in UTF-8');
  });

  it('are told, of a link', async () => {
    symlinkSync('Dockerfile', latin('caf\xe9'));
    expect(await errorOf()).toContain('given:   caf\ufffd, whose name is not in UTF-8');
  });

  it('are nobody’s business if they are left out', async () => {
    writeFileSync(latin('caf\xe9.txt'), '');
    mkdirSync(latin('d\xe9'));
    put('.dockerignore', 'caf*\nd*\n');
    await expect(names()).resolves.toEqual(['.dockerignore', 'Dockerfile']);
  });

  it('are told from the character that stands for them', async () => {
    put('caf\ufffd.txt');
    await expect(names()).resolves.toEqual(['Dockerfile', 'caf\ufffd.txt']);
  });
});

describe('what else stands in folders', () => {
  let server: Server | undefined;
  afterEach(async () => {
    if (server === undefined) return;
    server.close();
    await once(server, 'close');
    server = undefined;
  });

  it('a socket is left out, as docker leaves it out', async () => {
    server = createServer().listen(path.join(folder, 'socket'));
    await once(server, 'listening');
    await expect(names()).resolves.toEqual(['Dockerfile']);
  });

  it('links stay links, to themselves and to a folder above, too', async () => {
    symlinkSync('self', path.join(folder, 'self'));
    symlinkSync('..', path.join(folder, 'above'));
    const files = await contextFiles(folder, DOCKERFILE);
    expect(files.map(({ path: name, isLink }) => [name, isLink])).toEqual([
      ['Dockerfile', false],
      ['above', true],
      ['self', true],
    ]);
  });

  it.each(['a\nb', 'a b', '-rf', 'é', "'"])('a file may be called %j', async (name) => {
    put(name);
    await expect(names()).resolves.toContain(name);
  });

  it('what cannot be read is told by its name', () => {
    const where = { worker: 'render', folder: '/service' };
    const error = Object.assign(new Error('EACCES: permission denied'), {
      ...{ code: 'EACCES', syscall: 'open', path: '/service/data/key' },
    });
    expect(contextFault(error, where)).toMatchObject({
      code: 'WATCHBOT_IMAGE',
      place: 'watchbot image of worker render',
      given: 'data/key, which cannot be read: EACCES',
    });
    expect(() => contextFault(new TypeError('a bug'), where)).toThrow('a bug');
  });
});
