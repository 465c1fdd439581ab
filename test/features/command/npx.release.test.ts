import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyService, endFrameworks, endsWithTest, removeServices, ROOT } from '../../helpers/framework';
import { collectLines } from '../../helpers/lines';
import { killTree } from '../../helpers/processes';
import { HINTS } from './printed-hints';

afterEach(endFrameworks);
afterAll(removeServices);

const LIMIT_MS = 60_000;
/** Nothing answers there. */
const NOWHERE = 'http://127.0.0.1:1';

/** A service that has the framework among its packages, so that only npx finds it. */
function serviceWithFramework(): string {
  const folder = copyService('minimal');
  const bin = path.join(folder, 'node_modules/.bin');
  mkdirSync(bin);
  symlinkSync(path.join(ROOT, 'node_modules/osls'), path.join(folder, 'node_modules/osls'));
  symlinkSync('../osls/bin/serverless.js', path.join(bin, 'osls'));
  writeFileSync(path.join(folder, 'messages.jsonl'), 'hello\n');
  return folder;
}

/** Pastes a line into a shell. A command that stays up is killed. */
async function paste(line: string, folder: string) {
  const child = spawn('sh', ['-c', `exec ${line}`], {
    cwd: folder,
    env: {
      PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      SLS_TELEMETRY_DISABLED: '1',
      CI: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: NOWHERE,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithTest(child);
  const lines = collectLines();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      text.split('\n').forEach(lines.add);
      if (text.includes('Ctrl-C stops')) killTree(child.pid!);
    });
  }
  await once(child, 'close');
  return lines.all.join('\n');
}

const WRONG = /not found|nrecogni[sz]ed|does not support|WATCHBOT_ARGUMENTS|WATCHBOT_MESSAGES_FILE/;

it(
  'what is printed works as it is pasted, where only npx finds the framework',
  async () => {
    const folder = serviceWithFramework();
    const given = '--stage prod --region eu-west-1';
    const output = await paste(`npx osls watchbot dead-letter delete --local --port 9 ${given}`, folder);
    const [, hint = ''] = /do: +`([^`]*)`/.exec(output) ?? [];
    expect(hint).toBe(`npx osls watchbot dead-letter purge --local --port 9 ${given}`);
    const pasted = await paste(`${hint} --yes`, folder);
    expect(pasted).toContain('WATCHBOT_LOCAL_NOT_RUNNING');
    const [, next = ''] = /`(npx osls watchbot local[^`]*)`/.exec(pasted) ?? [];
    expect(next).toBe(`npx osls watchbot local --port 9 ${given}`);
    expect(await paste('osls watchbot status', folder)).toContain('not found');
  },
  LIMIT_MS,
);

describe('every command line of a text, begun as npx has found the framework', () => {
  const lines = new Set(HINTS.map(([hint]) => hint.replaceAll(/\$\{[^}]*\}?/g, 'X').trim()));

  it.each([...lines].filter((line) => line !== 'watchbot'))(
    'npx osls %s',
    async (line) => {
      // The worker of this service has no name to choose; a send needs something to send.
      const whole = line
        .replace(' --worker X', '')
        .replace(/send$/, 'send hello')
        .replace(/--start-line X|--start-line \d+/, '--start-line 1');
      const port = line.startsWith('watchbot local') ? ' --port 0' : '';
      expect(await paste(`npx osls ${whole}${port}`, serviceWithFramework())).not.toMatch(WRONG);
    },
    LIMIT_MS,
  );
});
