import { afterEach, describe, expect, it } from '@jest/globals';
import { createTestQueue } from '../helpers/emulator';
import {
  startSqsRecorder,
  type SqsAnswer,
  type SqsCall,
  type SqsRecorder,
  type Intercept,
} from '../helpers/sqs-recorder';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const GONE = { visible: 0, inFlight: 0, dead: 0 };

const bed = useTestBed();
let recorder: SqsRecorder;

afterEach(async () => {
  await recorder.stop();
});

async function start(command: string, treat: Intercept) {
  const queue = await createTestQueue(bed.emulator);
  recorder = await startSqsRecorder(bed.emulator.endpoint, treat);
  const watcher = startWatcher({ endpoint: recorder.endpoint, queueUrl: queue.url, command });
  return { queue, watcher };
}

const failure = (status: number, type: string): SqsAnswer => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: 'no' }),
});

const FAILURES: { name: string; answer: SqsAnswer | undefined; said: string }[] = [
  { name: 'throttles', answer: failure(400, 'RequestThrottled'), said: 'RequestThrottled' },
  { name: 'answers 500', answer: failure(500, 'InternalFailure'), said: 'InternalFailure' },
  { name: 'answers 503', answer: failure(503, 'ServiceUnavailable'), said: 'ServiceUnavailable' },
  { name: 'answers with garbage', answer: { status: 200, body: '{"Messages":[{' }, said: 'SyntaxError' },
  { name: 'cuts the connection', answer: undefined, said: 'Error: ' },
];

/** None of a batch is done. */
const refused = ({ Entries = [] }: SqsCall['body'], isFinal: boolean): SqsAnswer => ({
  status: 200,
  body: JSON.stringify({
    Successful: [],
    Failed: Entries.map(({ Id }) => ({ Id, SenderFault: isFinal, Code: 'InternalError', Message: 'sorry' })),
  }),
});

describe('SQS fails', () => {
  it.each(FAILURES)(
    'when it is asked for messages, and is asked again, with a line before and after: it $name',
    async ({ answer, said }) => {
      let isOut = true;
      const { queue, watcher } = await start('echo worked', async ({ action }, pass) =>
        action === 'ReceiveMessage' && isOut ? answer : pass(),
      );
      await queue.send('hello');
      expect(await watcher.find('cannot receive')).toContain(said);
      // Each try of the watcher is three of the SDK; this is the second of its own.
      await recorder.lines.findAll(4, /^ReceiveMessage/);
      isOut = false;
      await watcher.find('[success]');

      expect(watcher.count(/cannot receive/)).toBe(1);
      expect(watcher.count(/SQS answers again/)).toBe(1);
      expect(await watcher.stop()).toBe(0);
      expect(await queue.counts()).toEqual(GONE);
    },
  );

  // How it fails makes no difference here, and throttling takes long.
  it.each(FAILURES.slice(1, 3))(
    'when a message is to be deleted, and the job is done once: it $name',
    async ({ answer }) => {
      let calls = 0;
      const { queue, watcher } = await start('echo worked', async ({ action }, pass) => {
        if (action !== 'DeleteMessageBatch') return pass();
        calls += 1;
        return calls <= 4 ? answer : pass();
      });
      await queue.send('hello');
      await recorder.lines.findAll(5, /^DeleteMessageBatch/);
      expect(await watcher.stop()).toBe(0);

      expect(watcher.count(/\[worker\].*worked/)).toBe(1);
      expect(await queue.counts()).toEqual(GONE);
    },
  );
});

describe('SQS does not do all of a batch', () => {
  it.each([
    { action: 'DeleteMessageBatch', command: 'exit 0', left: 0 },
    { action: 'ChangeMessageVisibilityBatch', command: 'exit 1', left: 1 },
  ])('$action: what was not done is tried again', async ({ action: failing, command, left }) => {
    let calls = 0;
    const { queue, watcher } = await start(
      `echo "try $ApproximateReceiveCount"; ${command}`,
      async ({ action, body }, pass) => {
        if (action !== failing) return pass();
        calls += 1;
        return calls === 1 ? refused(body, false) : pass();
      },
    );
    await queue.send('hello');
    await recorder.lines.findAll(2, new RegExp(`^${failing}`));
    expect(await watcher.stop()).toBe(0);

    // What was returned may have come again since.
    expect(watcher.count(/\[worker\].*try 1$/)).toBe(1);
    const { visible, inFlight, dead } = await queue.counts();
    expect([visible + inFlight, dead]).toEqual([left, 0]);
  });

  it('and says that it never will: this is told, and the message comes again', async () => {
    const { queue, watcher } = await start('echo worked', async ({ action, body }, pass) =>
      action === 'DeleteMessageBatch' ? refused(body, true) : pass(),
    );
    const id = await queue.send('hello');

    const line = await watcher.find('could not delete the message, which comes again');
    expect(line).toContain(`[watcher] [${id}] `);
    expect(line).toContain('InternalError: sorry');
    expect(await watcher.stop()).toBe(0);
    expect(recorder.of('DeleteMessageBatch')).toHaveLength(1);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 1, dead: 0 });
  });
});

describe('SQS answers late', () => {
  it('to a poll, and its message is worked on once', async () => {
    let answerNow: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (answerNow = resolve));
    let calls = 0;
    const { queue, watcher } = await start('echo worked', async ({ action }, pass) => {
      const answer = await pass();
      if (action === 'ReceiveMessage') calls += 1;
      if (action === 'ReceiveMessage' && calls === 1) await late;
      return answer;
    });
    await queue.send('hello');
    await recorder.lines.find(/^ReceiveMessage/);
    expect(watcher.count(/received/)).toBe(0);
    answerNow();
    await watcher.find('[success]');
    expect(await watcher.stop()).toBe(0);
    expect(watcher.count(/\[worker\].*worked/)).toBe(1);
    expect(await queue.counts()).toEqual(GONE);
  });
});
