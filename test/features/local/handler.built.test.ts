import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  copyExample,
  copyService,
  endFrameworks,
  removeServices,
  ROOT,
  runFramework,
  startFramework,
  type FrameworkRun,
} from '../../helpers/framework';
import { freePort } from '../../helpers/free-port';

afterEach(endFrameworks);
afterAll(removeServices);

/** `local`, up and waiting, and a quicker way to its queue than the command. */
async function startLocal(folder: string) {
  const local = startFramework('osls', ['watchbot', 'local', '--port', await freePort()], { folder });
  const line = await local.find(/^Queue of /);
  await local.find('Ctrl-C stops.');
  const QueueUrl = line.replace(/^Queue of [a-z]+: /, '');
  const sqs = new SQSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoint: new URL(QueueUrl).origin,
    useQueueUrlAsEndpoint: false,
  });
  const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return { local, send };
}

function change(folder: string, file: string, edit: (text: string) => string): void {
  const place = path.join(folder, file);
  writeFileSync(place, edit(readFileSync(place, 'utf8')));
}

async function interrupt({ process, ended }: FrameworkRun): Promise<void> {
  process.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0 });
}

describe('the example of a TypeScript handler', () => {
  it('is, unchanged, a function of Lambda', async () => {
    const folder = copyExample('typescript-handler');
    const { code, output } = await runFramework(
      'osls',
      ['invoke', 'local', '--function', 'describe', '--path', 'event.json'],
      {
        folder,
        environment: {
          NODE_OPTIONS: `--require ${path.join(ROOT, 'test/fixtures/preloads/typescript.cjs')}`,
        },
      },
    );
    expect(output).toContain('{"width":3,"height":4} covers 12 (en, warm since');
    expect(output).toMatch(/"batchItemFailures": \[\]/);
    expect(code).toBe(0);
  });
});

/** What the watcher says; from then on no earlier worker takes a message. */
const REPLACING = 'SIGHUP: replacing the workers';

describe('a handler that its developer edits', () => {
  it('is reloaded when one of its sources changes, and stays if the change is wrong', async () => {
    const folder = copyExample('typescript-handler');
    const { local, send } = await startLocal(folder);
    await send('{"width":3,"height":4}');
    await local.find('covers 12');

    change(folder, 'src/area.ts', (text) => text.replace('width * height', '2 * (width + height)'));
    await local.find('watchbot: reloaded');
    await local.find(REPLACING);
    await send('{"width":3,"height":4}');
    await local.find('covers 14');

    change(folder, 'src/area.ts', (text) => text.replace('2 * (', '2 * * ('));
    await local.find('WATCHBOT_BUNDLE at src/area.ts:7:');
    expect(local.all.join('\n')).toContain('the code before goes on');
    await send('{"width":4,"height":4}');
    await local.find('covers 16');

    change(folder, 'src/area.ts', (text) => text.replace('2 * * (', '3 * ('));
    await local.findAll(2, REPLACING);
    await send('{"width":4,"height":4}');
    await local.find('covers 24');
    await interrupt(local);
  });

  it('is run by the entry point that it has for its image, and reloaded from the folder of its image', async () => {
    const folder = copyService('handler-image');
    const { local, send } = await startLocal(folder);
    // Only its image knows what starts the other one.
    expect(local.all.join('\n')).toContain('WATCHBOT_LOCAL_HANDLER at worker packed');
    await send('one');
    await local.find('first got one');
    mkdirSync(path.join(folder, 'app/__pycache__'));
    change(folder, 'app/index.mjs', (text) => text.replace('first', 'second'));
    await local.find('custom: reloaded');
    await local.find(REPLACING);
    await send('two');
    await local.find('second got two');
    expect(local.count(/custom: reloaded/)).toBe(1);
    await interrupt(local);
  });

  it('that only its image can start is not run here', async () => {
    const folder = copyService('handler-image');
    const { code, output } = await runFramework('osls', ['watchbot', 'local', '--worker', 'packed'], {
      folder,
    });
    expect(code).toBe(1);
    expect(output).toContain(`WATCHBOT_LOCAL_HANDLER at worker packed
  given:   a handler that is started by the ENTRYPOINT of its image, which is not run here
  allowed: a handler without \`image\`, or one with an \`entryPoint\``);
  });
});
