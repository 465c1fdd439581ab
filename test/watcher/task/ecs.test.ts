import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/shared/clock';
import {
  type CallEcs,
  createLookAtService,
  findEcs,
  findLogStream,
  findTask,
  lookAtServiceByEcs,
} from '../../../src/watcher/task/ecs';
import { type Answer, json, startTestServer, type TestServer } from '../../helpers/http-server';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const TASK = { cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/jobs', arn: 'arn:aws:ecs:…:task/jobs/1' };
const OWN = { group: 'service:worker', startedBy: 'ecs-svc/1' };

/** As ECS's reference shows it, of a deploy under way. */
const SERVICE = {
  serviceName: 'worker',
  desiredCount: 4,
  runningCount: 5,
  pendingCount: 1,
  deployments: [
    {
      id: 'ecs-svc/2',
      status: 'PRIMARY',
      desiredCount: 4,
      pendingCount: 1,
      runningCount: 3,
      failedTasks: 1,
      createdAt: 1_700_000_000.123,
      rolloutState: 'IN_PROGRESS',
    },
    { id: 'ecs-svc/1', status: 'ACTIVE', desiredCount: 4, pendingCount: 0, runningCount: 2, failedTasks: 0 },
  ],
};

function start(answers: { tasks?: object[]; services?: object[]; failures?: object[] }) {
  const asked: unknown[] = [];
  const call: CallEcs = (name, input) => {
    asked.push([name, input]);
    const { tasks = [], services = [], failures = [] } = answers;
    return Promise.resolve(name === 'DescribeTasks' ? { tasks, failures } : { services, failures });
  };
  return { asked, answers, look: createLookAtService(call, () => Promise.resolve(TASK)) };
}

describe('a look at the service', () => {
  it('asks once for the task, and then for its service', async () => {
    const { asked, look } = start({ tasks: [OWN], services: [SERVICE] });
    expect(await look()).toEqual({
      own: 'ecs-svc/1',
      newest: {
        id: 'ecs-svc/2',
        startedAtMs: 1_700_000_000_123,
        desired: 4,
        running: 3,
        failed: 1,
        hasFailed: false,
      },
      running: 5,
      pending: 1,
    });
    await look();
    const { cluster, arn } = TASK;
    expect(asked).toEqual([
      ['DescribeTasks', { cluster, tasks: [arn] }],
      ['DescribeServices', { cluster, services: ['worker'] }],
      ['DescribeServices', { cluster, services: ['worker'] }],
    ]);
  });

  it('finds none for a task that somebody ran by hand, and asks no more', async () => {
    const { asked, look } = start({ tasks: [{ group: 'family:worker', startedBy: 'me' }] });
    expect([await look(), await look()]).toEqual([undefined, undefined]);
    expect(asked).toHaveLength(1);
  });

  it('asks for the task again after a failure', async () => {
    const { answers, look } = start({ tasks: [], services: [SERVICE] });
    await expect(look()).rejects.toThrow('ECS does not know the task');
    answers.tasks = [OWN];
    expect(await look()).toMatchObject({ own: 'ecs-svc/1' });
  });

  // It has one by ECS's reference. Taken for a task of no service, it would never look again.
  it('fails for a task of a service whose deployment ECS does not tell yet', async () => {
    const { answers, look } = start({ tasks: [{ group: 'service:worker' }], services: [SERVICE] });
    await expect(look()).rejects.toThrow('no deployment of the task');
    answers.tasks = [OWN];
    expect(await look()).toMatchObject({ own: 'ecs-svc/1' });
  });

  // With status 200: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
  it.each([
    { of: 'the task', answers: { tasks: [] } },
    { of: 'its service', answers: { tasks: [OWN], services: [] } },
  ])('tells why ECS does not know $of', async ({ answers }) => {
    const failures = [{ arn: 'arn:aws:ecs:…', reason: 'MISSING' }];
    await expect(start({ ...answers, failures }).look()).rejects.toThrow(/: MISSING$/);
  });

  it.each([
    { what: 'no service', services: [] },
    { what: 'a service without a deployment', services: [{ deployments: [] }] },
  ])('fails with $what', async ({ services }) => {
    await expect(start({ tasks: [OWN], services }).look()).rejects.toThrow(
      'no deployment of the service worker',
    );
  });
});

describe('a task whose metadata are not there yet', () => {
  it.each([
    { status: 404, body: 'Unable to get metadata' },
    { status: 200, body: '{"Cluster":"default"}' },
    { status: 500, body: '' },
  ])('is asked for again after $status', async ({ status, body }) => {
    const answers = [{ status, body }];
    const { url } = (server = await startTestServer(({ path }, response) => {
      const next = path.endsWith('/task') ? answers.shift() : undefined;
      response
        .writeHead(next?.status ?? 200)
        .end(next?.body ?? JSON.stringify({ Cluster: 'default', TaskARN: TASK.arn }));
    }));
    const find = () => findTask(`${url}/v4/id`);
    await expect(find()).rejects.toThrow(`the task's metadata answer ${status} without Cluster and TaskARN`);
    // On EC2 a cluster may be told by its name, which ECS takes as well.
    expect(await find()).toEqual({ cluster: 'default', arn: TASK.arn });
  });
});

describe('over the network', () => {
  const environment = { ...process.env };

  afterEach(() => {
    process.env = { ...environment };
  });

  const KEYS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };

  async function serve() {
    server = await startTestServer(({ path, headers }, response) => {
      const metadata = { Cluster: TASK.cluster, TaskARN: TASK.arn };
      const isTask = String(headers['x-amz-target']).endsWith('DescribeTasks');
      response.end(
        JSON.stringify(
          path === '/v4/id/task' ? metadata : isTask ? { tasks: [OWN] } : { services: [SERVICE] },
        ),
      );
    });
    return server;
  }

  it('asks what the SDK asks, in the same name and for the same region', async () => {
    const { url, requests } = await serve();
    Object.assign(process.env, KEYS, { AWS_ENDPOINT_URL_ECS: url });
    const look = lookAtServiceByEcs(
      { ...process.env, ECS_CONTAINER_METADATA_URI_V4: `${url}/v4/id` },
      { clock: systemClock, timeOfDay: systemClock },
    );
    expect(await look!()).toMatchObject({ own: 'ecs-svc/1', newest: { id: 'ecs-svc/2' } });
    const theirs = new ECSClient({});
    await theirs.send(new DescribeServicesCommand({ cluster: TASK.cluster, services: ['worker'] }));
    theirs.destroy();
    const [mine, its] = requests.slice(-2).map(({ headers, body, path }) => ({
      path,
      body: JSON.parse(body) as unknown,
      target: headers['x-amz-target'],
      type: headers['content-type'],
      credential: /Credential=[^,]+/.exec(headers.authorization!)?.[0],
    }));
    expect(mine).toEqual(its);
    expect(mine?.credential).toMatch(/^Credential=AKID\/\d{8}\/eu-west-1\/ecs\/aws4_request$/);
  });

  it('is not there outside ECS', () => {
    expect(lookAtServiceByEcs({}, { clock: systemClock, timeOfDay: systemClock })).toBeUndefined();
  });

  it.each([
    { given: {}, host: 'https://ecs.eu-west-1.amazonaws.com/' },
    { given: { AWS_REGION: 'cn-north-1' }, host: 'https://ecs.cn-north-1.amazonaws.com.cn/' },
    {
      given: { AWS_USE_FIPS_ENDPOINT: 'true', AWS_REGION: 'us-east-1' },
      host: 'https://ecs-fips.us-east-1.amazonaws.com/',
    },
    { given: { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, host: 'https://ecs.eu-west-1.api.aws/' },
    { given: { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9' }, host: 'https://ecs.eu-west-1.amazonaws.com/' },
    { given: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, host: 'http://127.0.0.1:9/' },
    {
      given: { AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:8', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      host: 'http://127.0.0.1:8/',
    },
  ])('goes to $host with $given', async ({ given, host }) => {
    Object.assign(process.env, KEYS, given);
    expect((await findEcs({}, process.env)).endpoint.href).toBe(host);
  });
});

/** As ECS's metadata endpoint answers. */
async function found(answer: Answer): Promise<string> {
  server = await startTestServer(answer);
  return findLogStream(server.url, 'this-host');
}

describe('the stream of this container’s log', () => {
  it('is what ECS says', async () => {
    const LogOptions = { 'awslogs-stream': 'tiles-dev/watchbot/0a1b2c', 'awslogs-group': 'tiles' };
    expect(await found(json({ DockerId: '1', LogOptions }))).toBe('tiles-dev/watchbot/0a1b2c');
  });

  it.each([
    { what: 'another log driver', answer: json({ LogDriver: 'json-file' }) },
    { what: 'no text', answer: json({ LogOptions: { 'awslogs-stream': 7 } }) },
    { what: 'an error', answer: json('no', 500) },
  ])('is the host’s name after $what', async ({ answer }) => {
    expect(await found(answer)).toBe('this-host');
  });

  it('is the host’s name outside ECS', async () => {
    expect(await findLogStream(undefined, 'this-host')).toBe('this-host');
  });
});
