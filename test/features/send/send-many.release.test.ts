import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { countsOf, startTestEmulator } from '../../helpers/emulator';
import { copyService, endFrameworks, removeServices, startFramework } from '../../helpers/framework';
import { peakMemoryOf } from '../../helpers/memory';

const MEGABYTE = 1_048_576;
const LINES = 100_000;

afterEach(endFrameworks);
afterAll(removeServices);

it('sends 100,000 lines in the memory of a few', async () => {
  const emulator = await startTestEmulator();
  const { QueueUrl = '' } = await emulator.sqs.send(
    new CreateQueueCommand({ QueueName: 'fates-dev-WatchbotQueue' }),
  );
  const folder = copyService('fates');
  const file = createWriteStream(path.join(folder, 'many.jsonl'));
  for (let n = 0; n < LINES; n += 1) file.write(`{"n":${n},"text":"${'x'.repeat(200)}"}\n`);
  file.end();
  await once(file, 'close');

  const port = new URL(emulator.endpoint).port;
  const args = ['watchbot', 'send', '--file', 'many.jsonl', '--queue', '--local', '--port', port];
  const run = startFramework('osls', args, { folder });
  let peak = 0;
  const watching = setInterval(() => {
    try {
      // Not a number: it has just ended, and nobody has asked for its code yet.
      peak = Math.max(peak, peakMemoryOf(run.process.pid!) || 0);
    } catch {
      // It has just ended.
    }
  }, 100);
  const { code, output } = await run.ended;
  clearInterval(watching);

  expect([code, output]).toEqual([0, expect.stringContaining(`Sent ${LINES} messages of many.jsonl`)]);
  expect((await countsOf(emulator.sqs, QueueUrl)).visible).toBe(LINES);
  expect(peak / MEGABYTE).toBeLessThan(500);
  await emulator.stop();
}, 180_000);
