import { describe, expect, it } from '@jest/globals';
import { CLOUDWATCH, ECS, SNS, SQS } from '../../src/config/limits';
import { buildTemplate } from '../../src/resources/template';
import { CONTEXT, parse } from '../config/support';
import { cycles, missingIds } from './graph';
import { build } from './support';

const C = { command: 'true' };
const everything = {
  ...C,
  capacity: [
    { provider: 'FARGATE', base: 1 },
    { provider: 'FARGATE_SPOT', weight: 3 },
  ],
  environment: { B: 'b', A: { Ref: 'Bucket' } },
  secrets: { KEY: '/tiles/key' },
  permissions: [{ Action: 's3:GetObject', Resource: '*' }],
  mounts: ['/data'],
  exec: true,
  extensions: { queue: { Tags: [{ Key: 'a', Value: 'b' }] } },
};
const SECTIONS: [string, object][] = [
  ['the least', C],
  ['everything', { ...everything, notify: ['a@example.com', { Ref: 'Topic' }] }],
  ['two workers', { workers: { tiles: everything, 'render-all': { ...everything, queue: { fifo: true } } } }],
];

/** Every map in a template, however deep. */
function maps(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(maps);
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside];
}

describe.each(SECTIONS)('the template of %s', (_title, section) => {
  const { Resources, Outputs } = build(section);

  it('never says how many tasks there are to be', () => {
    expect(maps(Resources).filter((map) => 'DesiredCount' in map)).toEqual([]);
  });

  it('has no Lambda function and no custom resource', () => {
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /Lambda|Custom|CloudFormation/.test(type))).toEqual([]);
  });

  it('refers to nothing that is not there, and has no circle', () => {
    const given = ['Bucket', 'Topic'];
    expect(missingIds({ Resources, Outputs }, (id) => given.includes(id))).toEqual([]);
    expect(cycles({ Resources })).toEqual([]);
  });

  it('is the same to the byte each time, and leaves the configuration as it was', () => {
    const configuration = parse(section);
    const images = Object.fromEntries(configuration.workers.map(({ name }) => [name, { Ref: 'Image' }]));
    const before = structuredClone(configuration);
    const first = JSON.stringify(buildTemplate(configuration, images));
    expect(JSON.stringify(buildTemplate(configuration, images))).toBe(first);
    expect(JSON.stringify(buildTemplate(parse(structuredClone(section)), images))).toBe(first);
    expect(configuration).toEqual(before);
  });
});

describe('two workers in one stack', () => {
  const NAMES = ['QueueName', 'TopicName', 'LogGroupName', 'AlarmName', 'Family', 'MetricName', 'PolicyName'];
  const own = (worker: string) => {
    const fragment = build({
      workers: { [worker]: C },
      cluster: 'shared',
      vpc: { subnets: ['subnet-0a1b2c3d'] },
    });
    const names = maps(fragment.Resources).flatMap((map) =>
      Object.entries(map).flatMap(([key, value]) =>
        NAMES.includes(key) && typeof value === 'string' ? [value.toLowerCase()] : [],
      ),
    );
    const shared = ['watcher', 'start', 'clusterarn', 'watchbotawakerole', 'awake'];
    return new Set(
      [...Object.keys(fragment.Resources), ...Object.keys(fragment.Outputs), ...names]
        .map((name) => name.toLowerCase())
        // AWS's own metrics, and policies within a role, are named the same everywhere.
        .filter(
          (name) =>
            !shared.includes(name) &&
            !/^(approximate(number|age)|numberofmessages|matchedevents|(cpu|memory)utilization)/.test(name),
        ),
    );
  };

  it.each([
    ['tiles', 'render'],
    ['tiles', 'tiles2'],
    ['watchbot', 'watchbot-cluster'],
    ['dead-letter', 'scale-up'],
  ])('have no id and no name in common: %s and %s', (first, second) => {
    const others = own(second);
    expect([...own(first)].filter((name) => others.has(name))).toEqual([]);
    expect(own(first).size).toBeGreaterThan(30);
  });

  it('share what a stack has once', () => {
    const { Resources } = build({ workers: { tiles: C, render: C }, notify: 'a@example.com' });
    const alone = build({ workers: { tiles: C }, notify: 'a@example.com' }).Resources;
    const [both, one] = [Object.keys(Resources), Object.keys(alone)];
    const shared = one.filter((id) => id.startsWith('Watchbot'));
    expect(both.filter((id) => id.startsWith('Watchbot'))).toEqual(shared);
    expect(both.length - one.length).toBe(one.length - shared.length);
  });
});

describe('the longest names that are taken', () => {
  const worker = `w${'x'.repeat(39)}`;
  const stackName = 's'.repeat(SQS.maxNameLength - 'DeadLetterQueue.fifo'.length - 1 - worker.length);
  const { Resources } = build(
    { workers: { [worker]: { ...C, queue: { fifo: true }, topic: true } } },
    { ...CONTEXT, stackName },
  );
  const LIMITS: [string, number][] = [
    ['QueueName', SQS.maxNameLength],
    ['TopicName', SNS.maxNameLength],
    ['LogGroupName', CLOUDWATCH.maxLogGroupNameLength],
    ['AlarmName', CLOUDWATCH.maxNameLength],
    ['MetricName', CLOUDWATCH.maxNameLength],
    ['Family', ECS.maxFamilyLength],
    ['PolicyName', 128],
    ['GroupDescription', 255],
  ];

  it.each(LIMITS)('as %s are within the limit of %i', (key, limit) => {
    const names = maps(Resources).flatMap((map) => (typeof map[key] === 'string' ? [map[key]] : []));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.length > limit)).toEqual([]);
    expect(names.filter((name) => !/^[\w./:, -]+$/.test(name))).toEqual([]);
  });

  it('reach SQS’s limit', () => {
    const lengths = maps(Resources).map(({ QueueName: name }) =>
      typeof name === 'string' ? name.length : 0,
    );
    expect(Math.max(...lengths)).toBe(SQS.maxNameLength);
  });

  it('as logical ids are within CloudFormation’s 255 letters and digits', () => {
    expect(Object.keys(Resources).filter((id) => !/^[A-Za-z0-9]{1,255}$/.test(id))).toEqual([]);
  });
});

it('a worker without an image is a bug, not a template', () => {
  expect(() => buildTemplate(parse(C), {})).toThrow('no image was given for worker "watchbot"');
});
