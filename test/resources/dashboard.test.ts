import { describe, expect, it } from '@jest/globals';
import { JobResult } from '../../src/contract/outcomes';
import { formatPlain, LogLevel, LogSource, outcomeFields, outcomeText } from '../../src/contract/log-lines';
import { QUEUE_ARN } from './sections';
import { single } from './support';

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { title: string; metrics?: unknown[][]; query?: string; region: string };
}

/** The body as CloudFormation hands it to CloudWatch, with a text for each reference. */
function bodyOf(section: object): { widgets: Widget[]; periodOverride: string } {
  const [text, variables] = single(section).of('dashboard').DashboardBody['Fn::Sub'] as [
    string,
    Record<string, unknown>,
  ];
  const unused = new Set(Object.keys(variables));
  const filled = text.replaceAll(/\$\{([^}]+)\}/g, (_whole, name: string) => {
    if (!name.startsWith('AWS::') && !(name in variables)) throw new Error(`nothing is given for ${name}`);
    unused.delete(name);
    return `the-${name.replace('AWS::', '')}`;
  });
  expect([...unused]).toEqual([]);
  return JSON.parse(filled) as ReturnType<typeof bodyOf>;
}

const SECTIONS: [string, object][] = [
  ['the least', {}],
  ['structured logs', { logs: { structured: true } }],
  ['a queue that stalls', { queue: { fifo: true, deadLetter: false } }],
  ['an existing queue', { queue: { arn: QUEUE_ARN } }],
  ['an existing cluster', { cluster: 'shared', capacity: 'EC2' }],
  ['a cluster by a function', { cluster: { Ref: 'OwnCluster' } }],
];

describe.each(SECTIONS)('the dashboard with %s', (_what, section) => {
  const { widgets } = bodyOf(section);
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);

  it('has no fewer widgets than Watchbot’s nine', () => {
    expect(widgets.length).toBeGreaterThanOrEqual(9);
    expect(new Set(widgets.map(({ properties }) => properties.title)).size).toBe(widgets.length);
    expect(widgets.every(({ properties }) => properties.region === 'the-Region')).toBe(true);
  });

  it('has each in a place of its own, within CloudWatch’s 24 columns', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)} ${y + Math.floor(cell / width)}`,
      );
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('shows every metric that the log gives, under the name that its filter has, and no other', () => {
    const { Resources } = single(section);
    const made = Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
      .map(({ Properties }) => {
        const [{ MetricNamespace, MetricName }] = Properties!.MetricTransformations as [
          Record<string, string>,
        ];
        return `${MetricNamespace} ${MetricName}`;
      });
    const shown = metrics
      .filter(([namespace]) => namespace === 'Mapbox/ecs-watchbot')
      .map(([namespace, name]) => `${String(namespace)} ${String(name)}`);
    expect([...new Set(shown)].sort()).toEqual(made.sort());
    expect(made).toHaveLength(4);
  });

  it('gives every metric all of its dimensions', () => {
    const dimensions: Record<string, string[]> = {
      'AWS/SQS': ['QueueName'],
      'AWS/ECS': ['ClusterName', 'ServiceName'],
      'Mapbox/ecs-watchbot': [],
    };
    for (const [namespace, , ...rest] of metrics) {
      const names = rest.slice(0, -1).filter((_entry, index) => index % 2 === 0);
      expect(names).toEqual(dimensions[String(namespace)]);
    }
  });
});

describe('the list of the last failures', () => {
  const queryOf = (structured: boolean) =>
    bodyOf({ logs: { structured } }).widgets.find(({ type }) => type === 'log')!.properties.query!;
  const line = (result: JobResult, source: LogSource = LogSource.watcher) => {
    const outcome = {
      result,
      durationMs: 1,
      responseDurationMs: 2,
      receives: 1,
      code: 1,
      signal: null,
      reason: 'x',
    };
    const [text, fields] = [outcomeText(outcome), outcomeFields(outcome)];
    return { time: new Date(0), source, messageId: 'id', level: LogLevel.info, text, fields };
  };

  it('is taken from the log of the worker', () => {
    expect(queryOf(false)).toMatch(/^SOURCE 'the-LogGroup' \| fields /);
  });

  it.each(Object.values(JobResult))('has %s in it just if that is a failure', (result) => {
    const isFailure = result === 'failure' || result === 'rejected';
    const [, expression] = /@message like \/(.*)\/ \|/.exec(queryOf(false))!;
    expect(new RegExp(expression!).test(formatPlain(line(result)))).toBe(isFailure);
    // A worker's own line is none, whatever it says.
    expect(new RegExp(expression!).test(formatPlain(line(result, LogSource.worker)))).toBe(false);
    expect(/worker_event in \[([^\]]*)\]/.exec(queryOf(true))![1]!.includes(`"${result}"`)).toBe(isFailure);
  });

  it('asks only for the watcher’s lines if the log is structured', () => {
    expect(queryOf(true)).toContain('filter source = "watcher" and worker_event in');
  });
});

it('a dashboard has a name of its own in each region, and is not made if it is switched off', () => {
  expect(single().of('dashboard').DashboardName).toBe('tiles-dev-us-east-1-Watchbot');
  expect(single({ dashboard: false }).has('dashboard')).toBe(false);
});

const titles = (section: object) => bodyOf(section).widgets.map(({ properties }) => properties.title);

it('dead letters have a graph if there are any', () => {
  const without = titles({ queue: { fifo: true, deadLetter: false } });
  expect(titles({ queue: { fifo: true } }).filter((title) => !without.includes(title))).toEqual([
    'Dead letters',
  ]);
});

it('a standard queue has one of noisy and quiet message groups, by AWS’s names for them', () => {
  const [title] = titles({}).filter((each) => !titles({ queue: { fifo: true } }).includes(each));
  const graph = bodyOf({}).widgets.find(({ properties }) => properties.title === title)!;
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  expect(graph.properties.metrics!.map(([, name]) => name)).toEqual([
    'ApproximateNumberOfMessagesVisible',
    'ApproximateNumberOfMessagesVisibleInQuietGroups',
    'ApproximateNumberOfNoisyGroups',
  ]);
});
