import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestQueue } from '../helpers/emulator';
import { startTestServer, type TestServer } from '../helpers/http-server';
import { collectLines, type Lines } from '../helpers/lines';
import { createTimeAhead, type TimeAhead } from '../helpers/time-ahead';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const SECOND = 1000;
/** A busy task looks each minute, the first time somewhere within one. */
const A_LOOK = 61 * SECOND;

const CLUSTER = 'arn:aws:ecs:us-east-1:123456789012:cluster/jobs';
const TASK = 'arn:aws:ecs:us-east-1:123456789012:task/jobs/0123456789abcdef';
const [OLD, NEW] = ['ecs-svc/1', 'ecs-svc/2'];

const bed = useTestBed();
let time: TimeAhead;
let ecs: TestServer;
/** What ECS and its agent were asked. */
let asked: Lines;
let world: { newest: string; running: number; isBlocked: boolean };

beforeEach(() => {
  time = createTimeAhead(bed.folder.path);
  asked = collectLines();
  world = { newest: NEW, running: 2, isBlocked: false };
});
afterEach(() => ecs.stop());

/** What ECS, its agent and the metadata endpoint answer a task of the old version. */
function answer(path: string, target: string, body: string): object {
  if (path.endsWith('/task')) return { Cluster: CLUSTER, TaskARN: TASK };
  if (target.endsWith('DescribeTasks')) return { tasks: [{ group: 'service:worker', startedBy: OLD }] };
  if (target.endsWith('DescribeServices')) {
    const { newest: id, running: runningCount } = world;
    const newest = { id, status: 'PRIMARY', desiredCount: 2, runningCount, createdAt: Date.now() / 1000 };
    return { services: [{ runningCount: 2 + runningCount, pendingCount: 0, deployments: [newest] }] };
  }
  const { ProtectionEnabled } = JSON.parse(body) as { ProtectionEnabled: boolean };
  asked.add(`protection ${ProtectionEnabled ? 'on' : 'off'}`);
  if (ProtectionEnabled && world.isBlocked) return { failure: { Arn: TASK, Reason: 'DEPLOYMENT_BLOCKED' } };
  return { protection: { ProtectionEnabled, TaskArn: TASK } };
}

async function start(environment: Record<string, string> = {}) {
  ecs = await startTestServer(({ path, headers, body }, response) => {
    const target = String(headers['x-amz-target'] ?? '');
    if (target !== '') asked.add(target.split('.')[1]!);
    response.end(JSON.stringify(answer(path, target, body)));
  });
  const queue = await createTestQueue(bed.emulator);
  const watcher = startWatcher({
    endpoint: bed.emulator.endpoint,
    queueUrl: queue.url,
    command: `echo "started $Message"; ${bed.gate.wait}`,
    environment: {
      ...time.environment,
      AWS_ENDPOINT_URL_ECS: ecs.url,
      ECS_AGENT_URI: `${ecs.url}/api/abc`,
      ECS_CONTAINER_METADATA_URI_V4: `${ecs.url}/v4/abc`,
      ...environment,
    },
  });
  let looks = 0;
  const look = async () => {
    looks += 1;
    time.jump(A_LOOK);
    await asked.findAll(looks, 'DescribeServices');
  };
  const started = (body: string) => watcher.find(new RegExp(`\\[worker\\].*started ${body}$`));
  return { queue, watcher, look, started };
}

describe('a task of an older version', () => {
  it('finishes its job, takes no other, gives up its protection, and works on after a rollback', async () => {
    const { queue, watcher, look, started } = await start();
    await queue.send('one');
    await started('one');
    await look();
    await look();
    await watcher.find('a newer version runs: no message is taken, and jobs at work go on');
    await queue.send('two');
    bed.gate.open();
    await watcher.find('[success]');
    await asked.find('protection off');
    expect(await queue.counts()).toMatchObject({ visible: 1 });

    world = { ...world, newest: OLD };
    await look();
    await watcher.find('this task takes messages again');
    await started('two');
    bed.gate.open();
    await watcher.findAll(2, '[success]');
    expect(await watcher.stop()).toBe(0);
    expect(watcher.count(/started one/)).toBe(1);
  });

  it('stops itself when the time to finish is over, and its message comes again', async () => {
    const { queue, watcher, look, started } = await start({ WatchbotFinish: '600' });
    await queue.send('long');
    await started('long');
    await look();
    await look();
    await watcher.find('a newer version runs: no message is taken');
    time.jump(600 * SECOND);
    await watcher.find('the time to finish (600 s) is over: stopping');
    // What it has is told 15 s before ECS would kill it, and killed 5 s before.
    time.jump(26 * SECOND);
    expect(await watcher.ended).toBe(0);
    expect(await queue.counts()).toMatchObject({ visible: 1, inFlight: 0, dead: 0 });
  });

  it('begins nothing that ECS does not protect, and gives it back', async () => {
    world = { ...world, running: 0, isBlocked: true };
    const { queue, watcher } = await start();
    await queue.send('long');
    await watcher.find('a newer version runs: no message is taken');
    await asked.find('protection off');
    expect(await watcher.stop()).toBe(0);
    expect(await queue.counts()).toMatchObject({ visible: 1, inFlight: 0 });
    expect(watcher.count(/\[worker\]/)).toBe(0);
  });
});
