import { describe, expect, it } from '@jest/globals';
import {
  WORKER_RESOURCE_NAMES,
  idsOf,
  logicalId,
  logicalIds,
  prefixOf,
  SharedId,
  sourceIds,
} from '../../src/config/logical-ids';
import { UserError } from '../../src/errors/user-error';
import {
  alarmName,
  deadLetterQueueName,
  familyName,
  logGroupName,
  longestNames,
  metricName,
  OutputName,
  queueName,
  repositoryName,
  topicName,
} from '../../src/config/names';
import { CONTEXT, parse } from './support';
import { fc } from '../helpers/seeded';

describe('a worker called', () => {
  it.each([
    ['watchbot', 'Watchbot'],
    ['render-tiles', 'RenderTiles'],
    ['renderTiles', 'RenderTiles'],
    ['a1-2b', 'A12b'],
  ])('%s has the prefix %s', (name, prefix) => {
    expect(prefixOf(name)).toBe(prefix);
    expect(logicalId(name, 'queue')).toBe(`${prefix}Queue`);
    expect(logicalIds(name).every((id) => id.startsWith(prefix) && /^[A-Za-z0-9]+$/.test(id))).toBe(true);
  });
});

describe('the names of a worker', () => {
  const worker = 'render-tiles';

  it('begin with the stack, or end with it', () => {
    expect([
      queueName(CONTEXT, worker, false),
      queueName(CONTEXT, worker, true),
      deadLetterQueueName(CONTEXT, worker, true),
      topicName(CONTEXT, worker, true),
      logGroupName(CONTEXT, worker),
      familyName(CONTEXT, worker),
      alarmName(CONTEXT, worker, 'cpuAlarm'),
      metricName(CONTEXT, worker, 'WorkerErrors'),
    ]).toEqual([
      'tiles-dev-RenderTilesQueue',
      'tiles-dev-RenderTilesQueue.fifo',
      'tiles-dev-RenderTilesDeadLetterQueue.fifo',
      'tiles-dev-RenderTilesTopic.fifo',
      'tiles-dev-us-east-1-render-tiles',
      'tiles-dev-RenderTiles',
      'tiles-dev-RenderTilesCpuAlarm',
      'RenderTilesWorkerErrors-tiles-dev',
    ]);
  });

  it('are in the outputs as in Watchbot', () => {
    const { clusterArn, queueUrl, deadLetterQueueUrl, topicArn, logGroup } = OutputName;
    expect([
      clusterArn,
      ...[queueUrl, deadLetterQueueUrl, topicArn, logGroup].map((name) => name(worker)),
    ]).toEqual([
      'ClusterArn',
      'RenderTilesQueueUrl',
      'RenderTilesDeadLetterQueueUrl',
      'RenderTilesTopicArn',
      'RenderTilesLogGroup',
    ]);
  });

  it.each([
    ['tiles', 'render-tiles', 'tiles-dev/render-tiles'],
    ['Tiles-', 'renderAll', 'tiles-dev/renderall'],
    ['my--tiles', 'a', 'my-tiles-dev/a'],
    ['', 'a', 'dev/a'],
  ])('are taken by ECR: service "%s", worker %s', (service, name, expected) => {
    const repository = repositoryName({ ...CONTEXT, service }, name);
    expect(repository).toBe(expected);
    // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    expect(repository).toMatch(/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/);
  });

  it('are measured by their longest', () => {
    const all = WORKER_RESOURCE_NAMES.filter((resource) => /Alarm$/.test(resource));
    const lengths = all.map((resource) => alarmName(CONTEXT, worker, resource).length);
    const measured = longestNames(CONTEXT, worker, {
      fifo: true,
      deadLetter: true,
      rules: ['RenderTilesEventRule1'],
      schedules: ['RenderTilesSchedule1'],
    });
    expect(measured.find(({ kind }) => kind === 'alarm')?.name).toHaveLength(Math.max(...lengths));
    expect(measured.map(({ kind }) => kind)).toEqual([
      'dead-letter queue',
      'topic',
      'log group',
      'task definition',
      'alarm',
      'dashboard',
      'table',
      'image repository',
      'rule',
      'schedule',
    ]);
  });
});

it('no worker can have a resource of the stack', () => {
  const shared: string[] = Object.values(SharedId);
  const endings = logicalIds('a').map((id) => id.slice(1));
  expect(shared.filter((id) => endings.some((ending) => id.endsWith(ending)))).toEqual([]);
  expect(new Set(shared).size).toBe(shared.length);
});

const EVENTS = [
  { sns: 'arn:aws:sns:us-east-1:123456789012:tiles' },
  { sns: { Ref: 'Topic' } },
  { eventBridge: { pattern: { source: ['a'] } } },
  { eventBridge: { pattern: { source: ['b'] } } },
  { schedule: 'rate(1 day)' },
  { schedule: 'rate(2 days)' },
  { s3: { bucket: 'tiles', prefix: 'a' } },
  { s3: { bucket: 'tiles', prefix: 'b' } },
  { s3: { bucket: { 'Fn::Sub': '${AWS::AccountId}-tiles' } } },
  { s3: { bucket: 'other', existing: true } },
  { s3: { bucket: 'tiles-other', existing: true } },
  { webhook: { authorization: 'iam' } },
];

describe('the logical ids of sources', () => {
  const idsFor = (events: readonly unknown[], name = 'render-tiles') =>
    sourceIds(parse({ workers: { [name]: { command: 'true', events } } }).workers[0]!);

  it('go by kind and number; a bucket has one, however many prefixes are taken', () => {
    expect(idsFor(EVENTS)).toEqual({
      snsSubscription1: expect.stringMatching(/^RenderTilesSnsSubscription[0-9a-f]{8}$/),
      snsSubscription2: expect.stringMatching(/^RenderTilesSnsSubscription[0-9a-f]{8}$/),
      bucket1: expect.stringMatching(/^RenderTilesBucket[0-9a-f]{8}$/),
      bucket2: expect.stringMatching(/^RenderTilesBucket[0-9a-f]{8}$/),
      bucketRule1: 'RenderTilesBucketRule1',
      bucketRule2: 'RenderTilesBucketRule2',
      eventRule1: 'RenderTilesEventRule1',
      eventRule2: 'RenderTilesEventRule2',
      schedule1: 'RenderTilesSchedule1',
      schedule2: 'RenderTilesSchedule2',
    });
  });

  it('are the same for the short form of a topic and the long one', () => {
    const arn = { Ref: 'Topic' };
    expect(idsFor([{ sns: { arn } }])).toEqual(idsFor([{ sns: arn }]));
  });

  // CloudFormation would remove a subscription that it has just made, and replace a bucket with all that is in it.
  it('do not depend on the order: another one makes no other resource', () => {
    const inOrder = Object.values(idsFor(EVENTS)).sort();
    fc.assert(
      fc.property(fc.shuffledSubarray(EVENTS, { minLength: EVENTS.length }), (events) => {
        expect(Object.values(idsFor(events)).sort()).toEqual(inOrder);
      }),
      { numRuns: 50 },
    );
  });

  it('of a topic and of a bucket stay when another source is put before them', () => {
    const stays = [EVENTS[1], EVENTS[8]];
    const before = Object.values(idsFor(stays));
    expect(Object.values(idsFor([EVENTS[0], EVENTS[6], ...stays]))).toEqual(expect.arrayContaining(before));
  });
});

describe('two workers', () => {
  const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,6}$/);
  /** Parts of the ids themselves, since these could collide. */
  const ending = fc.constantFrom(
    ...logicalIds('a').flatMap((id) => id.slice(1).match(/[A-Z][a-z]+/g) ?? []),
    ...['Sns', 'Subscription', 'Bucket', 'Rule', 'Rule1', 'Event', 'Schedule', 'Schedule1', 'Watchbot'],
  );
  const name = fc
    .tuple(word, fc.array(fc.oneof(word, ending), { maxLength: 3 }), fc.constantFrom('', '-'))
    .map(([first, others, between]) => [first, ...others].join(between));
  /** Two that begin with the same letters, or with the same ones in another case. */
  const pair = fc.oneof(
    fc.tuple(name, name),
    fc
      .tuple(word, fc.array(ending, { maxLength: 3 }), fc.array(ending, { maxLength: 3 }))
      .map(([first, one, other]) => [[first, ...one].join('-'), [first, ...other].join('')] as const),
  );

  it('that the rules accept never have a logical id in common, and none of the stack', () => {
    let accepted = 0;
    fc.assert(
      fc.property(pair, ([one, other]) => {
        fc.pre(one !== other);
        const ids = idsOfBoth(one, other);
        if (ids === undefined) return;
        accepted += 1;
        const lower = [...ids, ...Object.values(SharedId)].map((id) => id.toLowerCase());
        expect(new Set(lower).size).toBe(lower.length);
        expect(ids.filter((id) => !/^[A-Za-z0-9]{1,255}$/.test(id))).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  function idsOfBoth(one: string, other: string): string[] | undefined {
    const events = EVENTS.filter((event) => event.s3 === undefined || 'existing' in event.s3);
    try {
      const { workers } = parse({
        workers: {
          [one]: { command: 'true', events: EVENTS },
          [other]: { command: 'true', events },
        },
      });
      return workers.flatMap((worker) => Object.values(idsOf(worker)));
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }
});
