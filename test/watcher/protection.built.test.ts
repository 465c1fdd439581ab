import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { createTestQueue } from '../helpers/emulator';
import { startTestServer, type TestServer } from '../helpers/http-server';
import { collectLines, type Lines } from '../helpers/lines';
import { startSqsRecorder, type SqsRecorder } from '../helpers/sqs-recorder';
import { createTimeAhead, type TimeAhead } from '../helpers/time-ahead';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const ON = JSON.stringify({ ProtectionEnabled: true, ExpiresInMinutes: 30 });
const OFF = JSON.stringify({ ProtectionEnabled: false });
const TaskArn = 'arn:aws:ecs:us-east-1:123456789012:task/cluster/0123456789abcdef';

type Answer = (response: ServerResponse, body: string) => void;

/**
 * Than one between two jobs may be. Two of them are less than a poll may take: both can fall into one, and a poll that is
 * given up takes the next message with it.
 */
const LONGER_THAN_A_GAP = 11 * SECOND;

/** As the agent documents it. */
const protectionSet: Answer = (response, body) => {
  const { ProtectionEnabled } = JSON.parse(body) as { ProtectionEnabled: boolean };
  const protection = { ExpirationDate: '2026-11-24T08:30:00Z', ProtectionEnabled, TaskArn };
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ protection }));
};

const bed = useTestBed();
let time: TimeAhead;
let agent: TestServer;
/** What the agent was asked, one body a line. */
let asked: Lines;
let recorder: SqsRecorder;

beforeEach(async () => {
  time = createTimeAhead(bed.folder.path);
  asked = collectLines();
  recorder = await startSqsRecorder(bed.emulator.endpoint);
});
afterEach(async () => {
  await Promise.all([agent.stop(), recorder.stop()]);
});

/** A task whose agent answers so; each of its workers waits at the gate. */
async function start(
  answer: Answer,
  { concurrency = 1, agentUri }: { concurrency?: number; agentUri?: string } = {},
) {
  agent = await startTestServer(({ body }, response) => {
    asked.add(body);
    answer(response, body);
  });
  const queue = await createTestQueue(bed.emulator);
  const watcher = startWatcher({
    endpoint: recorder.endpoint,
    queueUrl: queue.url,
    command: `echo "started $Message"; ${bed.gate.wait}`,
    environment: {
      ...time.environment,
      ECS_AGENT_URI: agentUri ?? `${agent.url}/api/abc`,
      WatchbotConcurrency: String(concurrency),
      // Half of what protection is asked for.
      maxJobDuration: '900',
    },
  });
  const begin = async (body: string) => {
    await queue.send(body);
    await watcher.find(new RegExp(`\\[worker\\].*started ${body}$`));
  };
  return { queue, watcher, begin };
}

describe('protection from scale-in', () => {
  it('is on from the first worker to the last, and off when none runs', async () => {
    const { watcher, begin } = await start(protectionSet, { concurrency: 2 });
    await recorder.lines.find(/^ReceiveMessage/);
    expect(asked.all).toEqual([]);

    await begin('first');
    await asked.find(ON);
    await begin('second');
    bed.gate.open();
    await watcher.find('[success]');
    // The other one still runs.
    time.jump(LONGER_THAN_A_GAP);
    await begin('third');
    expect(asked.all).toEqual([ON]);
    bed.gate.open(2);
    await watcher.findAll(3, '[success]');
    time.jump(LONGER_THAN_A_GAP);
    await asked.find(OFF);

    // By the next call it is known that there was no other before.
    await begin('fourth');
    await asked.findAll(2, ON);
    expect(asked.all).toEqual([ON, OFF, ON]);
    expect(agent.requests[0]).toMatchObject({ method: 'PUT', path: '/api/abc/task-protection/v1/state' });
    expect(await watcher.stop()).toBe(0);
  });

  it('lasts for as long as a job may take, and is asked for again where the task works on after that', async () => {
    const { watcher, begin } = await start(protectionSet);
    await begin('long');
    await asked.find(ON);
    time.jump(15 * MINUTE);
    await watcher.find('[failure]');
    expect(asked.all).toEqual([ON]);
    await begin('next');
    await asked.findAll(2, ON);
  });

  it('comes on again with the next job', async () => {
    const { watcher, begin } = await start(protectionSet);
    for (const [index, body] of ['one', 'two'].entries()) {
      await begin(body);
      await asked.findAll(index + 1, ON);
      bed.gate.open();
      await watcher.findAll(index + 1, '[success]');
      time.jump(LONGER_THAN_A_GAP);
      await asked.findAll(index + 1, OFF);
    }
    expect(asked.all).toEqual([ON, OFF, ON, OFF]);
  });
});

const json =
  (status: number, body: unknown): Answer =>
  (response) =>
    void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
const failed = (status: number, Code: string) =>
  json(status, { error: { Arn: TaskArn, Code, Message: 'no' }, requestID: '1' });

/** Ways in which the agent fails, and what is said of each. */
const FAILURES: { name: string; answer: Answer; warning: string; askedAgainMs?: number }[] = [
  { name: '500', answer: failed(500, 'ServerException'), warning: 'the ECS agent answers 500' },
  { name: '429', answer: failed(429, 'ThrottlingException'), warning: 'the ECS agent answers 429' },
  { name: '400', answer: failed(400, 'AccessDeniedException'), warning: 'the ECS agent answers 400' },
  {
    name: 'a refusal by ECS itself',
    answer: json(200, { failure: { Arn: TaskArn, Detail: null, Reason: 'DEPLOYMENT_BLOCKED' } }),
    warning: 'DEPLOYMENT_BLOCKED',
    askedAgainMs: MINUTE,
  },
  {
    name: 'an answer that breaks off',
    answer: (response) => {
      response.writeHead(200, { 'Content-Length': '1000' }).write('{"prot');
      setImmediate(() => response.destroy());
    },
    warning: 'TypeError: terminated',
  },
  {
    name: 'no HTTP at all',
    answer: (response) => response.socket?.end('\0\u0001 garbage \r\n\r\n'),
    warning: 'TypeError: fetch failed',
  },
  {
    name: 'a connection that is cut',
    answer: (response) => response.socket?.resetAndDestroy(),
    warning: 'TypeError: fetch failed',
  },
];

describe('an agent that fails never stops work', () => {
  it.each(FAILURES)(
    '$name: it is told once, and jobs are done',
    async ({ answer, warning, askedAgainMs = 10 * SECOND }) => {
      const { watcher, begin } = await start(answer);
      await begin('one');
      const line = await watcher.find('task scale-in protection could not be set');
      expect(line).toContain(warning);
      // Asked again meanwhile, and again in vain.
      time.jump(askedAgainMs);
      await asked.findAll(2, ON);
      bed.gate.open();
      await watcher.find('[success]');
      await begin('two');
      bed.gate.open();
      await watcher.findAll(2, '[success]');

      expect(await watcher.stop()).toBe(0);
      expect(watcher.count(/protection could not be set/)).toBe(1);
    },
  );

  it('is asked again, and said to be back', async () => {
    let calls = 0;
    const { watcher, begin } = await start((...parts) => {
      calls += 1;
      (calls === 1 ? failed(429, 'ThrottlingException') : protectionSet)(...parts);
    });
    await begin('one');
    await watcher.find('task scale-in protection could not be set');
    time.jump(10 * SECOND);
    await watcher.find('task scale-in protection can be set again');
    expect(asked.all).toEqual([ON, ON]);
  });

  it.each([
    { name: 'never answers', answer: () => undefined },
    { name: 'says something else', answer: (response: ServerResponse) => void response.end('<html>') },
  ])('that $name holds nothing up', async ({ answer }) => {
    const { queue, watcher, begin } = await start(answer);
    await begin('one');
    await asked.find(ON);
    bed.gate.open();
    await watcher.find('[success]');
    expect(await watcher.stop()).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  });

  it('that is not there holds nothing up', async () => {
    const { watcher, begin } = await start(protectionSet, { agentUri: 'http://127.0.0.1:1/api/abc' });
    await begin('one');
    bed.gate.open();
    await watcher.find('[success]');
    await watcher.find('task scale-in protection could not be set: TypeError: fetch failed');
    expect(await watcher.stop()).toBe(0);
    expect(asked.all).toEqual([]);
  });
});
