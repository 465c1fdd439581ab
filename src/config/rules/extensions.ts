import type { Problem } from '../../errors/problem';
import { EXTENDABLE_RESOURCES, type WorkerResource } from '../names';
import { nameOf } from '../place';
import { didYouMean } from '../suggest';
import type { WorkerInput } from '../configuration';
import type { WorkerRule } from './rule';

export const extensionsAreKnown: WorkerRule = {
  reads: ['extensions'],
  check: ({ worker, at }) =>
    Object.keys(worker.extensions)
      .filter((resource) => !EXTENDABLE_RESOURCES.includes(resource))
      .map((resource) => ({
        code: 'WATCHBOT_UNKNOWN_KEY' as const,
        place: at('extensions', resource),
        given: nameOf(resource),
        allowed: EXTENDABLE_RESOURCES.join(', '),
        advice: didYouMean(resource, EXTENDABLE_RESOURCES) ?? 'name one of these resources',
      })),
};

interface Switch {
  isOff: (worker: WorkerInput) => boolean;
  /** What the user has set. */
  because: (worker: WorkerInput) => string;
}

const TOPIC: Switch = {
  isOff: ({ topic, queue }) => !(topic ?? !queue.fifo),
  because: ({ topic }) => (topic === undefined ? '`queue.fifo: true`' : '`topic: false`'),
};
const DEAD_LETTER_QUEUE: Switch = {
  isOff: ({ queue }) => !queue.deadLetter,
  because: () => '`queue.deadLetter: false`',
};
const alarm = (name: keyof WorkerInput['alarms']): Switch => ({
  isOff: ({ alarms }) => alarms[name] === false,
  because: () => `\`alarms.${name}: false\``,
});

/** What a worker may do without. A test compares it with what the builders make. */
const SWITCHES = {
  topic: [TOPIC],
  subscription: [TOPIC],
  queuePolicy: [TOPIC],
  deadLetterQueue: [DEAD_LETTER_QUEUE],
  deadLetterAlarm: [DEAD_LETTER_QUEUE, alarm('deadLetter')],
  workerErrorsMetric: [alarm('workerErrors')],
  workerErrorsAlarm: [alarm('workerErrors')],
  queueSizeAlarm: [alarm('queueSize')],
  memoryAlarm: [alarm('memory')],
  cpuAlarm: [alarm('cpu')],
} satisfies Partial<Record<WorkerResource, readonly Switch[]>>;
const SWITCHES_BY_NAME = new Map<string, readonly Switch[]>(Object.entries(SWITCHES));

export const extensionsAreMade: WorkerRule = {
  reads: ['extensions', 'topic', 'queue', 'alarms'],
  check: ({ worker, at }) =>
    Object.keys(worker.extensions).flatMap((resource): Problem[] => {
      const off = SWITCHES_BY_NAME.get(resource)?.find(({ isOff }) => isOff(worker));
      if (off === undefined) return [];
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place: at('extensions', resource),
          given: `properties of the ${resource}, which this worker does not have: ${off.because(worker)}`,
          allowed: 'resources that the worker has',
          advice: 'remove one of the two',
        },
      ];
    }),
};
