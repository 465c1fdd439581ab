import { CONTAINER_NAME, familyName } from '../config/names';
import { routerOf, type LogOutput } from '../config/sidecars';
import type { TextOrIntrinsic } from '../config/configuration';
import { mapValues } from '../shared/json';
import { ref } from './cloudformation';
import { logToDriver } from './log-driver';
import type { ContainerProperties } from './resource-types';
import { idOf, type Subject } from './subject';

type LogConfiguration = NonNullable<ContainerProperties['LogConfiguration']>;

/** Straight to a log group of the worker. */
export const logToGroup = (subject: Subject, group: 'logGroup' | 'sidecarLogGroup'): LogConfiguration => ({
  LogDriver: 'awslogs',
  Options: {
    'awslogs-group': ref(idOf(subject, group)),
    'awslogs-region': ref('AWS::Region'),
    'awslogs-stream-prefix': familyName(subject.configuration.context, subject.worker.name),
    // A log that cannot be delivered must not block the watcher, which then could not hold its messages.
    mode: 'non-blocking',
    'max-buffer-size': '25m',
  },
});

/** The watcher's log: through the router, if there is one, or by the driver that the user names. */
export function watcherLog(subject: Subject): LogConfiguration {
  const firelens = routerOf(subject.worker)?.firelens;
  const toGroup = logToGroup(subject, 'logGroup');
  if (firelens === undefined) return logToDriver(subject, toGroup.Options as Record<string, TextOrIntrinsic>);
  const [first = {}] = firelens.outputs;
  return {
    LogDriver: 'awsfirelens',
    Options: {
      ...(firelens.cloudWatch ? groupOutput(subject) : mapValues(first, valueIn)),
      'log-driver-buffer-limit': BUFFERED_LINES,
    },
  };
}

/**
 * Lines that wait in memory for the router: 25 MiB of them at 2 KiB, as much as without a router. What is more is lost; the
 * driver does not block. By default it is a million, and they count as memory of the task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-docker-buffer-limit.html
 */
const BUFFERED_LINES = '12800';

/**
 * Lines as they are without the router, in streams whose names end with the task, too: the tag is `CONTAINER-firelens-TASK`.
 * https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch
 */
const groupOutput = (subject: Subject): Record<string, TextOrIntrinsic> => ({
  Name: 'cloudwatch_logs',
  region: ref('AWS::Region'),
  log_group_name: ref(idOf(subject, 'logGroup')),
  log_stream_prefix: `${familyName(subject.configuration.context, subject.worker.name)}/${CONTAINER_NAME}/`,
  log_key: 'log',
  auto_create_group: 'false',
});

/** Fluent Bit puts the value of the variable in its place. */
const valueIn = (value: LogOutput[string]): TextOrIntrinsic =>
  typeof value === 'object' && typeof value.secret === 'string' ? `\${${value.secret}}` : value;

/** The outputs that the options of the watcher's log do not say, as a file of Fluent Bit; undefined if there are none. */
export function outputFile({ worker }: Pick<Subject, 'worker'>): TextOrIntrinsic | undefined {
  const firelens = routerOf(worker)?.firelens;
  const outputs = firelens?.outputs.slice(firelens.cloudWatch ? 0 : 1) ?? [];
  if (outputs.length === 0) return undefined;
  const parts = outputs.flatMap((output) => ['[OUTPUT]\n', ...linesOf({ Match: WATCHER_TAGS, ...output })]);
  const isText = parts.every((part) => typeof part === 'string');
  return isText ? parts.join('') : { 'Fn::Join': ['', parts] };
}

/** Without those of FireLens's own health check. */
const WATCHER_TAGS = `${CONTAINER_NAME}-firelens-*`;

const linesOf = (output: LogOutput): TextOrIntrinsic[] =>
  Object.entries(output).flatMap(([name, value]) => [`    ${name} `, valueIn(value), '\n']);
