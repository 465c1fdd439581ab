import { describe, expect, it } from '@jest/globals';
import { errorOf } from './support';

const C = { command: 'true' };
const FIFO = { ...C, queue: { fifo: true } };

/** Sections with several mistakes, and the places that one error tells. */
const SEVERAL: [string, object, string[]][] = [
  [
    'events, of which one is not whole',
    { ...C, events: [{ webhook: {} }, { schedule: 'every day' }, { s3: 'My_Bucket' }] },
    ['events[0].webhook.authorization', 'events[1].schedule', 'events[2].s3.bucket'],
  ],
  [
    'events behind one that there is not',
    { ...C, events: [{ kafka: 1 }, { sns: 'topic' }, { schedule: { rate: 'x', timezne: 'y' } }] },
    ['events[0].kafka', 'events[2].schedule.timezne', 'events[1].sns', 'events[2].schedule.rate'],
  ],
  [
    'a wrong key and a wrong value in one source',
    { ...C, events: [{ sns: { arn: 'topic', filterPolicyScope: 'Body' } }] },
    ['events[0].sns.filterPolicyScope', 'events[0].sns.arn'],
  ],
  [
    'sources of a FIFO queue',
    { ...FIFO, events: [5, { schedule: 'rate(1 hour)' }] },
    ['events[0]', 'events[1].schedule'],
  ],
  [
    'statements',
    {
      ...C,
      permissions: [
        { Action: 5, Resource: '*' },
        { Sid: 'A', Action: 's3:*', Resource: '*' },
        { Sid: 'A', Action: 's3:*', Resource: '*' },
      ],
    },
    ['permissions[0].Action', 'permissions[2].Sid'],
  ],
  [
    'secrets',
    { ...C, secrets: { A: 5, B: 'a b', C: { ssn: 'x' }, AWS_CONTAINER_CREDENTIALS_X: '/x' } },
    ['secrets.A', 'secrets.C', 'secrets.AWS_CONTAINER_CREDENTIALS_X', 'secrets.B'],
  ],
  [
    'variables',
    { ...C, environment: { A: [], WorkTopic: 'x', ECS_X: 1 } },
    ['environment.A', 'environment.WorkTopic', 'environment.ECS_X'],
  ],
  [
    'mounts',
    { ...C, mounts: [5, '/usr', 'data', '/tmp/x'] },
    ['[0]', '[1]', '[2]', '[3]'].map((i) => `mounts${i}`),
  ],
  ['policies', { ...C, managedPolicies: [5, 'ReadOnly'] }, ['managedPolicies[0]', 'managedPolicies[1]']],
  [
    'keys of a queue',
    { ...C, queue: { delay: -1, arn: 'jobs', encryption: 'best', maxReceives: 0 } },
    ['queue.delay', 'queue.maxReceives', 'queue.arn', 'queue.encryption'],
  ],
  [
    'keys of scaling',
    {
      ...C,
      scaling: {
        min: 3,
        max: 2,
        keepIdle: 61,
        groups: 2,
        steps: [
          { messages: 'x', tasks: 1 },
          { messages: 5, tasks: 2 },
          { messages: 4, tasks: 3 },
        ],
        schedule: [{ rate: 5 }, { rate: 'daily', min: 1 }],
      },
    },
    [
      'scaling.keepIdle',
      'scaling.steps[0].messages',
      'scaling.schedule[0].rate',
      'scaling.min',
      // Neither beside `steps` nor with a standard queue.
      'scaling.groups',
      'scaling.groups',
      'scaling.steps[2].messages',
      'scaling.schedule[1].rate',
    ],
  ],
  [
    'keys of an image',
    { ...C, image: { uri: 'a b', dockerfile: 'D', target: 5 } },
    ['image.target', 'image.dockerfile', 'image.uri'],
  ],
  [
    'providers of capacity',
    { ...C, capacity: [{ provider: 'FARGATE', weight: -1 }, { provider: 'aws-x' }, { weight: 1 }], gpu: 1 },
    ['capacity[0].weight', 'capacity[2].provider', 'capacity[1].provider', 'gpu'],
  ],
  [
    'placements',
    { ...C, cluster: 'c', capacity: 'EC2', placementStrategies: [{ type: 'x' }, { type: 'spread' }] },
    ['placementStrategies[0].type', 'placementStrategies[1]'],
  ],
  [
    'alarms',
    {
      ...C,
      alarms: { cpu: true, memory: { period: 86_400, evaluationPeriods: 30 }, queueSize: { treshold: 1 } },
    },
    ['alarms.cpu', 'alarms.queueSize.treshold', 'alarms.memory'],
  ],
  [
    'alarms of a deploy',
    { ...C, deploy: { finsh: 5, alarms: [5, 'memory'] } },
    ['deploy.finsh', 'deploy.alarms[0]', 'deploy.alarms[1]'],
  ],
  [
    'a health check',
    { ...C, healthCheck: { retries: 'x', timeout: 30, interval: 5, command: ['CMD', 'x'] } },
    ['healthCheck.retries', 'healthCheck.timeout', 'healthCheck.command'],
  ],
  [
    'packages of a bundle',
    { handler: 'src/a.handler', bundle: { minfy: true, external: [5, 'a b'] } },
    ['bundle.minfy', 'bundle.external[0]', 'bundle.external[1]'],
  ],
  [
    'extensions',
    { ...C, extensions: { quue: {}, topic: 5 }, queue: { delay: -1 } },
    ['extensions.topic', 'queue.delay', 'extensions.quue'],
  ],
  [
    'workers',
    {
      workers: {
        a: 5,
        b: { ...C, queue: { dealy: 1, arn: 'x' } },
        c: { ...C, events: [{}, { s3: { bucket: 'B' } }] },
      },
    },
    [
      'workers.a',
      'workers.b.queue.dealy',
      'workers.c.events[0]',
      'workers.b.queue.arn',
      'workers.c.events[1].s3.bucket',
    ],
  ],
];

const placesOf = (section: object): string[] =>
  errorOf(section).problems.map(({ place }) => place.replace('watchbot.', ''));

describe('several mistakes are told in one round', () => {
  it.each(SEVERAL)('in %s', (_title, section, places) => {
    expect(placesOf(section).sort()).toEqual([...places].sort());
  });
});

describe('what follows from a wrong key alone is not told', () => {
  it.each<[string, object, string[]]>([
    ['a size that was meant', { ...C, cpu: 4096, memorySize: 8192 }, ['memorySize']],
    ['a kind of queue that was meant', { ...C, queue: { fifoo: true, deadLetter: false } }, ['queue.fifoo']],
    ['a key that nobody knows', { ...C, queue: { xylophone: true, deadLetter: false } }, ['queue.xylophone']],
    [
      'a message group that was meant',
      { ...FIFO, events: [{ schedule: { rate: 'rate(1 hour)', messageGroupID: 'a' } }] },
      ['events[0].schedule.messageGroupID'],
    ],
    ['an image that was meant', { ...C, image: { paht: '.', dockerfile: 'D' } }, ['image.paht']],
    ['a command that was meant', { comand: 'x' }, ['comand']],
    [
      'the first step',
      {
        ...C,
        scaling: {
          steps: [
            { messages: 0, tasks: 1 },
            { messages: 5, tasks: 1 },
          ],
        },
      },
      ['scaling.steps[0].messages'],
    ],
  ])('%s', (_title, section, places) => {
    expect(placesOf(section)).toEqual(places);
  });
});
