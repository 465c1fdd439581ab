import { describe, expect, it } from '@jest/globals';
import {
  WORKER_RESOURCE_NAMES,
  logicalId,
  logicalIds,
  prefixOf,
  SharedId,
} from '../../src/config/logical-ids';
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
import { CONTEXT } from './support';

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
