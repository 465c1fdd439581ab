import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { HOME } from '../helpers/corpus';
import { emptyService, removeServices, runFramework } from '../helpers/framework';
import { page } from './pages';

afterAll(removeServices);

/** The block below the name of a file. */
function fileOf(name: string): string {
  const { text, snippets } = page('docs/quick-start.md');
  const named = text.split('\n').findIndex((line) => line.startsWith(`\`${name}\``));
  const below = snippets.find(({ at }) => Number(at.split(':')[1]) > named + 1);
  return below!.text;
}

it('the files of the quick start make a service that works as the page says', async () => {
  mkdirSync(HOME, { recursive: true });
  const folder = emptyService('quick-start');
  for (const name of ['serverless.yml', 'work.sh', 'Dockerfile']) {
    writeFileSync(path.join(folder, name), fileOf(name));
  }
  writeFileSync(path.join(folder, 'messages.txt'), 'hello\n');
  const args = ['watchbot', 'local', '--messages', 'messages.txt'];
  const { output } = await runFramework('osls', args, { folder, environment: { HOME } });
  expect(output).toMatch(/\[worker\] \[[^\]]+\] at work on hello$/m);
  expect(output).toContain('1 message: 1 done');
}, 180_000);
