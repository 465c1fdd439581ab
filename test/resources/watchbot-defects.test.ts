import { describe, expect, it } from '@jest/globals';
import { ENTRY_POINT } from '../../src/contract/image';
import { cycles, missingIds } from './graph';
import { build, single, statementsOf, type Properties } from './support';

const both = [false, true];
const containerOf = (section: object = {}) =>
  single(section).of('taskDefinition').ContainerDefinitions[0] as Properties;
const variablesOf = (section: object = {}) =>
  Object.fromEntries(
    (containerOf(section).Environment as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
      Name,
      Value,
    ]),
  );

/** What was wrong with Watchbot 10.1.2, seen in the template that it makes, and is not to come back. */
describe('defects of Watchbot 10', () => {
  it('1: reduce mode had no permission on its own table', () => {
    const { of } = single({ reduce: true });
    const actions = statementsOf(of('taskRole'))
      .filter(({ Resource }) => JSON.stringify(Resource) === '{"Fn::GetAtt":["WatchbotProgressTable","Arn"]}')
      .flatMap(({ Action }) => Action);
    expect(actions).toEqual(expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:UpdateItem']));
  });

  it('2: the dashboard was empty', () => {
    const [text] = single().of('dashboard').DashboardBody['Fn::Sub'] as [string];
    const { widgets } = JSON.parse(text) as { widgets: unknown[] };
    expect(widgets.length).toBeGreaterThanOrEqual(9);
  });

  it('3: nothing at all could be written to: /tmp was mounted read-only in a read-only root', () => {
    const { ReadonlyRootFilesystem, MountPoints } = containerOf();
    expect(ReadonlyRootFilesystem).toBe(true);
    expect(MountPoints).toEqual([{ SourceVolume: 'mount-1', ContainerPath: '/tmp', ReadOnly: false }]);
  });

  it.each(both)(
    '4: the filter of failures looked for quotes that no line has (structured: %s)',
    (structured) => {
      const pattern = single({ logs: { structured } }).of('workerErrorsMetric').FilterPattern as string;
      // As CloudWatch reads it: fields in brackets or properties in braces, not a text within quotes.
      expect(pattern).toMatch(structured ? /^\{.*\}$/ : /^\[.*\]$/);
      expect(pattern).not.toContain('\\"');
      expect(pattern).not.toContain('"[failure]"');
    },
  );

  it('5: with structured logs no failure was counted, since their lines look otherwise', () => {
    const [plain, structured] = both.map(
      (isStructured) =>
        single({ logs: { structured: isStructured } }).of('workerErrorsMetric').FilterPattern as string,
    );
    expect(structured).not.toBe(plain);
    // `log.test.ts` shows that the two match the lines that the watcher writes.
    expect(structured).toContain('$.worker_event = "failure"');
  });

  it('6: the tool for dead letters needed outputs that were no longer there', () => {
    const { Outputs } = single();
    for (const name of ['ClusterArn', 'WatchbotDeadLetterQueueUrl', 'WatchbotQueueUrl', 'WatchbotLogGroup']) {
      expect(Outputs[name]?.Value).toBeDefined();
    }
  });

  it('7: only the eleventh dead letter set off the alarm', () => {
    const { Threshold, ComparisonOperator } = single().of('deadLetterAlarm');
    expect([ComparisonOperator, Threshold]).toEqual(['GreaterThanOrEqualToThreshold', 1]);
  });

  it('8: networks and stages of its authors were built in', () => {
    const { Resources } = single({}, { stage: 'my-own', stackName: 'tiles-my-own' });
    expect(JSON.stringify(Resources)).not.toMatch(
      /(vpc|subnet|sg)-[0-9a-f]{8}|mapbox-|\b(staging|production)\b/,
    );
    expect(Resources).toHaveProperty('WatchbotVpc');
  });

  it('9: two of them in a stack, or in two stacks, exported one name', () => {
    const C = { command: 'true' };
    const { Outputs, Resources } = build({ workers: { tiles: C, render: C } });
    expect(JSON.stringify({ Outputs, Resources })).not.toContain('"Export"');
    expect(Object.keys(Outputs)).toEqual(expect.arrayContaining(['TilesTopicArn', 'RenderTopicArn']));
    expect(cycles({ Resources })).toEqual([]);
    expect(missingIds({ Resources, Outputs }, () => false)).toEqual([]);
  });

  it.each<[string, object, object]>([
    ['instances', { cluster: 'shared', capacity: 'EC2' }, { LaunchType: 'EC2' }],
    [
      'Spot, with a base that cannot be taken away',
      {
        capacity: [
          { provider: 'FARGATE', base: 1 },
          { provider: 'FARGATE_SPOT', weight: 3 },
        ],
      },
      {
        CapacityProviderStrategy: [
          { CapacityProvider: 'FARGATE', Base: 1 },
          { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
        ],
      },
    ],
  ])('10: tasks could not run on %s', (_where, section, expected) => {
    expect(single(section).of('service')).toMatchObject(expected);
  });
});

/** What has been wrong since Watchbot 4, as far as a template shows it; the rest is the watcher's, and the commands'. */
describe('long-standing defects of Watchbot', () => {
  it('11: a task that was stopped had no time to end its work', () => {
    expect(containerOf().StopTimeout).toBe(120);
    expect(variablesOf().WatchbotStopTimeout).toBe('120');
    // The watcher itself hears the signal: no shell stands between.
    expect(containerOf().EntryPoint[0]).toBe(ENTRY_POINT[0]);
    // And while it works it may not be chosen when tasks are ended.
    const actions = statementsOf(single().of('taskRole')).flatMap(({ Action }) => Action);
    expect(actions).toContain('ecs:UpdateTaskProtection');
  });

  it('14: a message could not go back from the dead-letter queue of a FIFO queue', () => {
    const { of } = single({ queue: { fifo: true } });
    // SQS's own redrive keeps group and attributes, for two queues that name each other.
    expect(of('deadLetterQueue')).toMatchObject({
      FifoQueue: true,
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [
          {
            'Fn::Sub':
              'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:tiles-dev-WatchbotQueue.fifo',
          },
        ],
      },
    });
    expect(of('queue').QueueName).toBe('tiles-dev-WatchbotQueue.fifo');
    expect(of('queue').RedrivePolicy).toMatchObject({
      deadLetterTargetArn: { 'Fn::GetAtt': ['WatchbotDeadLetterQueue', 'Arn'] },
    });
  });

  it('17: the region was taken from the name of the queue’s host, which a VPC endpoint changes', () => {
    const { QueueUrl, QUEUE_NAME: name } = variablesOf();
    expect(QueueUrl).toEqual({ Ref: 'WatchbotQueue' });
    expect(name).toEqual({ 'Fn::GetAtt': ['WatchbotQueue', 'QueueName'] });
    expect(containerOf().LogConfiguration.Options['awslogs-region']).toEqual({ Ref: 'AWS::Region' });
  });
});
