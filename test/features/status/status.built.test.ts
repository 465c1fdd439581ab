import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { jsonLines, startBench, type CommandBench } from '../../helpers/command-bench';
import { endFrameworks, removeServices } from '../../helpers/framework';
import { itWithPython3 } from '../../helpers/python';
import { Key } from '../../helpers/terminal';

/** In AWS it is proved in `aws.test.ts`. */
let bench: CommandBench;

beforeEach(async () => {
  bench = await startBench('fates');
  const { sqs } = bench.emulator;
  const QueueUrl = bench.workUrl;
  for (const MessageBody of ['one', 'two', 'three'])
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 900 }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 }));
  await bench.bury('dead');
});
afterEach(async () => {
  await endFrameworks();
  await bench.stop();
});
afterAll(removeServices);

const QUEUE = /^queue +2 waiting, 1 in flight, 1 delayed$/m;

it('shows of a local service what there is, and says what there is not', async () => {
  const { output, code } = await bench.run(['status']);
  expect(output).toMatch(/^fates, stage dev \(http:\/\/127\.0\.0\.1:\d+\), \S+Z$/m);
  expect(output).toMatch(QUEUE);
  expect(output).toMatch(/^dead letters +1$/m);
  expect(output).toContain('Tasks, scaling, failures and alarms are only in AWS.');
  expect(code).toBe(0);
});

it('gives every field as JSON, null where it was not read', async () => {
  const { json } = await bench.run(['status', '--json']);
  const name = 'fates-dev-WatchbotQueue';
  expect(json).toEqual([
    {
      at: expect.stringMatching(/Z$/),
      service: 'fates',
      stage: 'dev',
      region: 'us-east-1',
      isLocal: true,
      workers: [
        {
          worker: 'watchbot',
          queue: { name, visible: 2, inFlight: 1, delayed: 1, retentionSeconds: 345_600 },
          deadLetters: {
            name: 'fates-dev-WatchbotDeadLetterQueue',
            visible: 1,
            inFlight: 0,
            delayed: 0,
            retentionSeconds: 345_600,
          },
          oldestMessageSeconds: null,
          tasks: null,
          deployment: null,
          scaling: null,
          scalingActivities: null,
          fairness: null,
          deadLettersExpireInSeconds: null,
          failures: null,
          alarms: null,
          notRead: expect.arrayContaining([{ what: 'alarms', reason: 'only in AWS', action: null }]),
        },
      ],
    },
  ]);
});

it('--watch is for a terminal, or for JSON: a line for each look, until it is told to stop', async () => {
  const { output, code } = await bench.run(['status', '--watch']);
  expect(output).toContain('WATCHBOT_ARGUMENTS at --watch');
  expect(code).toBe(1);
  const watch = bench.start(['status', '--watch', '--json']);
  await watch.findAll(2, /^\{/);
  watch.process.kill('SIGINT');
  const ended = await watch.ended;
  expect(jsonLines(ended.output).length).toBeGreaterThanOrEqual(2);
  expect(ended.code).toBe(0);
});

itWithPython3('--watch draws anew in place, and leaves the last look behind at Ctrl-C', async () => {
  const watch = bench.terminal(['status', '--watch']);
  await watch.see(/2 waiting, 1 in flight[^]*Ctrl-C ends\./);
  // A screen of its own, drawn from its upper left corner.
  expect(watch.raw()).toContain('\u001b[?1049h');
  expect(watch.raw()).toContain('\u001b[H');
  await bench.bury('another');
  await watch.see(/dead letters +2/);
  watch.type(Key.controlC);
  expect(await watch.ended).toBe(0);
  expect(watch.raw().split('\u001b[?1049l')[1]).toContain('dead letters');
});

itWithPython3('has no colours with NO_COLOR', async () => {
  const colourful = bench.terminal(['status']);
  expect(await colourful.ended).toBe(0);
  // eslint-disable-next-line no-control-regex -- a colour
  expect(colourful.raw()).toMatch(/\u001b\[\d+m/);
  const plain = bench.terminal(['status'], { environment: { NO_COLOR: '1' } });
  await plain.see('only in AWS');
  expect(await plain.ended).toBe(0);
  // eslint-disable-next-line no-control-regex -- a colour
  expect(plain.raw()).not.toMatch(/\u001b\[\d+m/);
});
