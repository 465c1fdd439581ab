import { beforeAll, describe, expect, it } from '@jest/globals';
import { CORPUS_NAMES, packagedCorpus } from '../helpers/corpus';
import type { PackagedTemplate } from '../helpers/framework';
import { neededRoles } from '../../src/resources/needed-roles';
import { buildTemplate } from '../../src/resources/template';
import { parse } from '../config/support';
import { actions, SPEAKERS, speakers, targets } from './iam/code';
import { forbiddenCalls } from './iam/forbidden';
import { neededCalls } from './iam/needed';
import type { Document, Policy } from './iam/simulator';
import { inWords, Stack, type Call } from './iam/stack';
import { workersOf } from './iam/workers';
import { ACCOUNT_ID, REGION } from './types/type';

/*
 * Evaluates the packaged policies by AWS's rules: every call that a service needs is allowed, and calls that it must not
 * make are denied. Neither moto nor the emulator checks permissions.
 */

/** Whether a policy is the plugin's: the policy `worker` has the user's statements. */
const isPlugins = ({ PolicyName }: Policy) => PolicyName !== 'worker';

const refused = (stack: Stack) => which(stack, neededCalls(stack), (isAllowed) => !isAllowed);
const wronglyAllowed = (stack: Stack) => which(stack, forbiddenCalls(stack), (isAllowed) => isAllowed);

async function which(
  stack: Stack,
  calls: readonly Call[],
  isWanted: (isAllowed: boolean) => boolean,
): Promise<string[]> {
  const found = new Set<string>();
  for (const call of calls) {
    if (isWanted(await stack.allows(call, isPlugins))) found.add(inWords(call));
  }
  return [...found];
}

describe('every fixture service', () => {
  let stacks: Map<string, Stack>;

  beforeAll(async () => {
    const corpus = await packagedCorpus();
    stacks = new Map(corpus.map(({ name, template }) => [name, new Stack(template)]));
  }, 900_000);

  it.each(CORPUS_NAMES)('%s may make every call that it needs', async (name) => {
    expect(await refused(stacks.get(name)!)).toEqual([]);
  });

  it('gives its own permissions only to the task role', async () => {
    const stack = stacks.get('permissions')!;
    const [worker] = workersOf(stack);
    const may = (by: string, action: string, on: string) => stack.allows({ by, action, on });
    const object = 'arn:aws:s3:::acme-inbox/a';
    expect(await may(worker!.taskRole, 's3:GetObject', object)).toBe(true);
    expect(await may(worker!.taskRole, 's3:DeleteObject', object)).toBe(false);
    expect(await may(worker!.executionRole, 's3:GetObject', object)).toBe(false);
  });

  it.each(CORPUS_NAMES)('%s may make no call that it must not make', async (name) => {
    expect(await wronglyAllowed(stacks.get(name)!)).toEqual([]);
  });
});

const STRAY_KEY = `arn:aws:kms:${REGION}:${ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ORDERS = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:orders`;
const EVENTS = [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'apiKey' } }];

/** Sections that no fixture service has. */
const SECTIONS: Record<string, { section: object; keys?: Record<string, string> }> = {
  'an existing queue with a key': {
    section: { queue: { arn: ORDERS, encryption: STRAY_KEY }, events: EVENTS, sender: true },
    keys: { [ORDERS]: STRAY_KEY },
  },
  'a key by its id': {
    section: { queue: { encryption: '1234abcd-12ab-34cd-56ef-1234567890ab' }, events: EVENTS, sender: true },
  },
  'a key by its alias, without a topic': {
    section: { topic: false, queue: { encryption: 'alias/tiles' }, events: EVENTS, sender: true, exec: true },
  },
  'a FIFO queue with a key, a topic and sources': {
    section: {
      topic: true,
      queue: { fifo: true, encryption: 'KMS' },
      reduce: true,
      sender: true,
      events: [
        { schedule: { rate: 'rate(1 day)', messageGroupId: 'daily' } },
        { eventBridge: { pattern: { source: ['tiles'] }, eventBus: 'maps', messageGroupId: 'events' } },
        { s3: { bucket: 'tiles-old', existing: true, messageGroupId: 'objects' } },
        { webhook: { authorization: 'none', messageGroupId: 'web' } },
      ],
    },
  },
  'roles that somebody else has made as they are printed': {
    section: {
      role: 'OwnTaskRole',
      executionRole: 'OwnExecutionRole',
      schedulerRole: 'OwnScheduleRole',
      events: [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'iam', role: 'OwnWebhookRole' } }],
      queue: { encryption: 'KMS' },
      reduce: true,
      secrets: { KEY: '/tiles/key' },
      scaling: { awake: false },
    },
  },
  'a disk that is made with a role that somebody else has made': {
    section: {
      infrastructureRole: 'OwnInfrastructureRole',
      volumes: { scratch: { ebs: '500GB', path: '/scratch', kmsKey: STRAY_KEY } },
    },
  },
  'a role for keeping its queue awake that somebody else has made': {
    section: { schedulerRole: 'OwnAwakeRole' },
  },
  'neighbours in a shared cluster': {
    section: {
      cluster: `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:cluster/shared`,
      workers: {
        a: { command: 'true', queue: { encryption: 'KMS' } },
        b: { command: 'true', environment: { NEXT: { Ref: 'AQueue' }, TOPIC: { Ref: 'ATopic' } } },
        'b-c': { command: 'true', topic: false, environment: { ONLY_TOPIC: { Ref: 'ATopic' } } },
      },
    },
  },
};

const imageOf = (worker: string) =>
  `${ACCOUNT_ID}.dkr.ecr.${REGION}.amazonaws.com/tiles-dev/${worker}:0123456789abcdef`;

function deployed(section: object, keys?: Record<string, string>): Stack {
  const whole = 'workers' in section ? section : { command: 'true', ...section };
  const configuration = parse(whole, { region: REGION });
  const images: Record<string, string> = {};
  for (const { name } of configuration.workers) images[name] = imageOf(name);
  const template = buildTemplate(configuration, images) as PackagedTemplate;
  const ofOthers = neededRoles(configuration).filter(({ existing }) => existing !== undefined);
  for (const { existing, body } of ofOthers) {
    const [id] = (existing as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
    template.Resources[id] = structuredClone(body);
  }
  return new Stack(template, keys);
}

const stackOf = (name: string) => deployed(SECTIONS[name]!.section, SECTIONS[name]!.keys);

describe('a stack with', () => {
  it.each(Object.keys(SECTIONS))('%s may make every call that it needs', async (name) => {
    expect(await refused(stackOf(name))).toEqual([]);
  });

  it.each(Object.keys(SECTIONS))('%s may make no call that it must not make', async (name) => {
    expect(await wronglyAllowed(stackOf(name))).toEqual([]);
  });
});

it('a worker whose service has tags of the user may protect its tasks', async () => {
  const extensions = { service: { Tags: [{ Key: 'team', Value: 'maps' }] } };
  expect(await refused(deployed({ extensions }))).toEqual([]);
});

describe('the calls of the container', () => {
  it('are these', () => {
    expect(targets()).toEqual(['dynamodb', 'ecs', 'sqs']);
    expect(actions).toEqual({
      watcher: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
      progress: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      look: ['ecs:DescribeServices', 'ecs:DescribeTasks'],
      protection: ['ecs:UpdateTaskProtection'],
    });
  });

  it('are made only by known files', () => {
    expect(speakers()).toEqual(Object.keys(SPEAKERS).sort());
  });
});

describe('these tests would find', () => {
  const roleOf = (stack: Stack, id: string) => stack.resources.find((resource) => resource.id === id)!;
  const statementsOf = (stack: Stack, id: string) =>
    (roleOf(stack, id).properties.Policies as Policy[])[0]!.PolicyDocument.Statement;
  const QUEUE_AND_KEY = 'a key by its id';

  it.each(['Messages', 'MoreWork', 'SendAnew', 'Encryption', 'ScaleInProtection', 'OwnVersion'])(
    'that the task role lacks %s',
    async (sid) => {
      const stack = stackOf(QUEUE_AND_KEY);
      const statements = statementsOf(stack, 'WatchbotTaskRole');
      statements.splice(
        statements.findIndex(({ Sid }) => Sid === sid),
        1,
      );
      expect(await refused(stack)).not.toEqual([]);
    },
  );

  it.each(['Encryption', 'ScaleInProtection', 'OwnVersion'])('that %s has no condition', async (sid) => {
    const stack = stackOf(QUEUE_AND_KEY);
    delete statementsOf(stack, 'WatchbotTaskRole').find(({ Sid }) => Sid === sid)!.Condition;
    expect(await wronglyAllowed(stack)).not.toEqual([]);
  });

  it.each(['WatchbotTaskRole', 'WatchbotExecutionRole', 'WatchbotScheduleRole', 'WatchbotAwakeRole'])(
    'that a service may assume %s for another account',
    async (id) => {
      const stack = stackOf(QUEUE_AND_KEY);
      const { AssumeRolePolicyDocument } = roleOf(stack, id).properties as Record<string, Document>;
      delete AssumeRolePolicyDocument!.Statement[0]!.Condition;
      expect(await wronglyAllowed(stack)).not.toEqual([]);
    },
  );

  it.each([
    ['sets no tags', []],
    ['sets tags of any queue', [{ Effect: 'Allow', Action: 'sqs:TagQueue', Resource: '*' }]],
    ['does more than that', [{ Effect: 'Allow', Action: 'sqs:*Tag*', Resource: '*' }]],
  ])('that the role that keeps queues awake %s', async (_, statements) => {
    const stack = stackOf(QUEUE_AND_KEY);
    const [policy] = roleOf(stack, 'WatchbotAwakeRole').properties.Policies as Policy[];
    policy!.PolicyDocument.Statement = statements;
    expect([...(await refused(stack)), ...(await wronglyAllowed(stack))]).not.toEqual([]);
  });

  it('that the role that keeps queues awake sets any tag', async () => {
    const stack = stackOf(QUEUE_AND_KEY);
    delete statementsOf(stack, 'WatchbotAwakeRole')[0]!.Condition;
    expect(await wronglyAllowed(stack)).not.toEqual([]);
  });

  it('that any topic may send to the queue', async () => {
    const stack = stackOf(QUEUE_AND_KEY);
    const { PolicyDocument } = roleOf(stack, 'WatchbotQueuePolicy').properties as Record<string, Document>;
    delete PolicyDocument!.Statement[0]!.Condition;
    expect(await wronglyAllowed(stack)).not.toEqual([]);
  });
});
