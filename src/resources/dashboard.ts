import type { TextOrIntrinsic } from '../config/configuration';
import { dashboardName, METRIC_NAMESPACE } from '../config/names';
import { LogField, LogSource } from '../contract/log-lines';
import { widestBounds } from '../scaling/choose-policy';
import { getAtt, ref, sub } from './cloudformation';
import { clusterName } from './cluster';
import { type LogMetric, logMetricName } from './metrics';
import { deadLetterQueueNameOf, queueNameOf } from './queue-references';
import type { Resources } from './resource-types';
import { idOf, named, type Subject } from './subject';

/** A page of the worker in CloudWatch: the backlog, the jobs and their durations, and the tasks. */
export function dashboard(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!worker.dashboard) return {};
  return named(subject, 'dashboard', {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: dashboardName(configuration.context, worker.name),
      DashboardBody: sub(
        JSON.stringify({ periodOverride: 'inherit', widgets: widgets(subject) }),
        names(subject),
      ),
    },
  });
}

/** Values that only CloudFormation knows, by the names that the widgets use. */
function names(subject: Subject): Record<string, TextOrIntrinsic | undefined> {
  return {
    Queue: queueNameOf(subject),
    DeadLetterQueue: deadLetterQueueNameOf(subject),
    Cluster: clusterName(subject.configuration),
    Service: getAtt(idOf(subject, 'service'), 'Name'),
    LogGroup: ref(idOf(subject, 'logGroup')),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const GRID_COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 6;
const PERIOD_SECONDS = 60;

interface Graph {
  title: string;
  metrics: unknown[];
  /** Of the left axis. */
  label: string;
  rightLabel?: string;
}

/** Statistics of durations: the usual ones, and the slow ones, which people ask about. */
const DURATION_STATISTICS = [
  { stat: 'Maximum', label: 'max' },
  { stat: 'p99', label: 'p99' },
  { stat: 'Average', label: 'average' },
  { stat: 'p50', label: 'p50' },
];

/** The widgets of Watchbot v9, and some that its users had to make themselves. */
function widgets(subject: Subject): unknown[] {
  const graphs = [
    ...queueGraphs(),
    ...jobGraphs(subject),
    ...taskGraphs(subject),
    ...(subject.worker.queue.deadLetter === false ? [] : [deadLetterGraph()]),
    ...(subject.worker.queue.fifo ? [] : [groupGraph()]),
  ].map(graphWidget);
  return [...graphs, failuresWidget(subject)].map((widget, index) => ({ ...widget, ...positionOf(index) }));
}

/** Rows of three, in the order of the list. */
function positionOf(index: number) {
  const perRow = GRID_COLUMNS / WIDTH;
  return {
    x: (index % perRow) * WIDTH,
    y: Math.floor(index / perRow) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
  };
}

const queueMetric = (name: string, options: object, queue = '${Queue}') => [
  'AWS/SQS',
  name,
  'QueueName',
  queue,
  options,
];

function queueGraphs(): Graph[] {
  return [
    {
      title: 'Messages in the queue',
      label: 'messages',
      metrics: [
        queueMetric('ApproximateNumberOfMessagesVisible', { stat: 'Maximum', label: 'waiting' }),
        queueMetric('ApproximateNumberOfMessagesNotVisible', { stat: 'Maximum', label: 'in flight' }),
        queueMetric('ApproximateNumberOfMessagesDelayed', { stat: 'Maximum', label: 'delayed' }),
      ],
    },
    {
      title: 'Age of the oldest message',
      label: 'seconds',
      metrics: DURATION_STATISTICS.map((options) => queueMetric('ApproximateAgeOfOldestMessage', options)),
    },
    {
      title: 'Messages sent and done',
      label: 'messages per minute',
      metrics: [
        queueMetric('NumberOfMessagesSent', { stat: 'Sum', label: 'sent' }),
        queueMetric('NumberOfMessagesReceived', { stat: 'Sum', label: 'received' }),
        queueMetric('NumberOfMessagesDeleted', { stat: 'Sum', label: 'deleted' }),
      ],
    },
  ];
}

function jobGraphs(subject: Subject): Graph[] {
  const logMetric = (metric: LogMetric, options: object) => [
    METRIC_NAMESPACE,
    logMetricName(subject, metric),
    options,
  ];
  return [
    {
      title: 'Duration of jobs',
      label: 'milliseconds',
      metrics: DURATION_STATISTICS.map((options) => logMetric('WorkerDuration', options)),
    },
    {
      title: 'From sent to done',
      label: 'milliseconds',
      metrics: DURATION_STATISTICS.map((options) => logMetric('ResponseDuration', options)),
    },
    {
      title: 'Failed and rejected jobs',
      label: 'jobs per minute',
      metrics: [logMetric('WorkerErrors', { stat: 'Sum', label: 'failed' })],
    },
    {
      title: 'Receives of a message',
      label: 'receives',
      metrics: [
        logMetric('MessageReceives', { stat: 'Maximum', label: 'max' }),
        logMetric('MessageReceives', { stat: 'Average', label: 'average' }),
      ],
    },
  ];
}

const serviceMetric = (name: string, options: object) => [
  'AWS/ECS',
  name,
  'ClusterName',
  '${Cluster}',
  'ServiceName',
  '${Service}',
  options,
];

function taskGraphs({ worker: { scaling } }: Subject): Graph[] {
  // Each running task reports its CPU once a minute: so the number of reports is the number of tasks.
  const running = { stat: 'SampleCount', label: `running (max ${widestBounds(scaling).max})` };
  return [
    { title: 'Tasks', label: 'tasks', metrics: [serviceMetric('CPUUtilization', running)] },
    {
      title: 'Concurrency and throughput',
      label: 'jobs at once',
      rightLabel: 'jobs per minute',
      metrics: [
        queueMetric('ApproximateNumberOfMessagesNotVisible', { stat: 'Maximum', label: 'at once' }),
        queueMetric('NumberOfMessagesDeleted', { stat: 'Sum', label: 'done', yAxis: 'right' }),
      ],
    },
    {
      title: 'CPU and memory',
      label: 'percent',
      metrics: [
        serviceMetric('CPUUtilization', { stat: 'Average', label: 'CPU' }),
        serviceMetric('MemoryUtilization', { stat: 'Average', label: 'memory' }),
        serviceMetric('MemoryUtilization', { stat: 'Maximum', label: 'memory, max' }),
      ],
    },
  ];
}

function deadLetterGraph(): Graph {
  const metric = (name: string, options: object) => queueMetric(name, options, '${DeadLetterQueue}');
  return {
    title: 'Dead letters',
    label: 'messages',
    rightLabel: 'seconds',
    metrics: [
      metric('ApproximateNumberOfMessagesVisible', { stat: 'Maximum', label: 'waiting' }),
      metric('ApproximateAgeOfOldestMessage', { stat: 'Maximum', label: 'oldest', yAxis: 'right' }),
    ],
  };
}

/**
 * A standard queue is fair among message groups. Only its senders know whether messages have one: without, the graph is
 * empty or flat. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 */
function groupGraph(): Graph {
  return {
    title: 'Message groups, if there are any',
    label: 'messages',
    rightLabel: 'groups',
    metrics: [
      queueMetric('ApproximateNumberOfMessagesVisible', { stat: 'Maximum', label: 'waiting' }),
      queueMetric('ApproximateNumberOfMessagesVisibleInQuietGroups', {
        stat: 'Maximum',
        label: 'waiting in quiet groups',
      }),
      queueMetric('ApproximateNumberOfNoisyGroups', { stat: 'Maximum', label: 'noisy', yAxis: 'right' }),
    ],
  };
}

function graphWidget({ title, metrics, label, rightLabel }: Graph) {
  return {
    type: 'metric',
    properties: {
      title,
      metrics,
      view: 'timeSeries',
      stacked: false,
      region: '${AWS::Region}',
      period: PERIOD_SECONDS,
      yAxis: {
        left: { min: 0, label, showUnits: false },
        ...(rightLabel === undefined ? {} : { right: { min: 0, label: rightLabel, showUnits: false } }),
      },
    },
  };
}

/** The latest failures, with the watcher's reason. */
function failuresWidget({ worker }: Subject) {
  const filter = worker.logs.structured
    ? `filter ${LogField.source} = "${LogSource.watcher}" and ${LogField.result} in ["failure", "rejected"]`
    : `filter @message like /^\\[[^\\]]+\\] \\[${LogSource.watcher}\\] \\[[^\\]]+\\] \\[(failure|rejected)\\]/`;
  const shown = worker.logs.structured
    ? `${LogField.messageId}, ${LogField.result}, ${LogField.reason}`
    : '@message';
  return {
    type: 'log',
    properties: {
      title: 'The last failures',
      region: '${AWS::Region}',
      view: 'table',
      query: `SOURCE '\${LogGroup}' | fields @timestamp, ${shown} | ${filter} | sort @timestamp desc | limit 50`,
    },
  };
}
