import type { Problem } from '../../errors/problem';
import { messagesPerTask, widestBounds } from '../../scaling/choose-policy';
import { DEFAULT_LATENCY_SECONDS } from '../../scaling/limits';
import { whyNeverAwake } from '../complete/queue';
import type { Scaling } from '../configuration';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';
import { expressionProblems, timezoneProblems } from './schedules';

/** `min` and `max`, and steps between them. */
const scalingBounds: WorkerRule = {
  reads: ['scaling.min', 'scaling.max'],
  check: ({ worker: { scaling }, at }) =>
    problemIf(scaling.min > scaling.max, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'min'),
      given: `min ${scaling.min}, max ${scaling.max}`,
      allowed: '`min` at most `max`',
      advice: `raise \`max\`${scaling.max === 1 ? ' (its default is 1)' : ''} or lower \`min\``,
    }),
};

/** `steps` and `compatibility` decide by themselves, so that the keys which they do not read would have no effect. */
const DECIDED_BY = {
  compatibility: ['steps', 'jobDuration', 'latency', 'groups', 'keepIdle', 'cpu', 'memory', 'age'],
  steps: ['jobDuration', 'latency', 'groups', 'cpu', 'memory'],
} as const;

const scalingIsDecidedOnce: WorkerRule = {
  reads: ['scaling.*'],
  check: ({ worker: { scaling }, at }) => {
    const decider = (['compatibility', 'steps'] as const).find((key) => scaling[key] !== undefined);
    if (decider === undefined) return [];
    return DECIDED_BY[decider]
      .filter((key) => scaling[key] !== undefined)
      .map((key) => ({
        code: 'WATCHBOT_CONTRADICTION',
        place: at('scaling', key),
        given: `\`${key}\` with \`${decider}\``,
        allowed: `\`${decider}\` with \`min\` and \`max\` alone: it says how many tasks there are`,
        advice: 'remove one of the two',
      }));
  },
};

const stepsAscend: WorkerRule = {
  reads: ['scaling.steps.*'],
  check: ({ worker: { scaling }, at }) =>
    (scaling.steps ?? []).flatMap((step, index, all) => {
      const before = all[index - 1];
      const key = (['messages', 'tasks'] as const).find(
        (each) => before !== undefined && step[each] <= before[each],
      );
      return problemIf(key !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('scaling', 'steps', String(index), key ?? ''),
        given: `${step[key ?? 'tasks']}, after ${before?.[key ?? 'tasks'] ?? 0}`,
        allowed: 'steps that ascend: more messages and more tasks than the step before',
      });
    }),
};

const stepsAreWithinBounds: WorkerRule = {
  reads: ['scaling.steps.*', 'scaling.min', 'scaling.max', 'scaling.schedule'],
  check: ({ worker: { scaling }, at }) => {
    const { min, max } = widestBounds(scaling);
    const { steps = [] } = scaling;
    return steps.flatMap(({ tasks }, index) =>
      problemIf(tasks > max || tasks < min, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('scaling', 'steps', String(index), 'tasks'),
        given: `${tasks} tasks, with min ${min} and max ${max}`,
        allowed: `${Math.max(1, min)} to ${max} tasks`,
        advice: tasks > max ? 'raise `max`, or lower the step' : 'lower `min`, or raise the step',
      }),
    );
  },
};

/** With fewer messages than the first step has, the number of tasks would stay what it happened to be. */
const firstStepTakesAll: WorkerRule = {
  reads: ['scaling.steps'],
  check: ({ worker: { scaling }, at }) => {
    const first = scaling.steps?.[0];
    return problemIf(first !== undefined && first.messages > 1, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'steps', '0', 'messages'),
      given: String(first?.messages ?? 1),
      allowed: '1 in the first step: it says what there is for the fewest messages',
      advice: `begin with \`{messages: 1, tasks: ${Math.max(1, widestBounds(scaling).min)}}\``,
    });
  },
};

const latencyNeedsADuration: WorkerRule = {
  reads: ['scaling.latency', 'scaling.jobDuration', 'scaling.steps.*', 'scaling.compatibility'],
  check: ({ worker: { scaling }, at }) =>
    problemIf(scaling.latency !== undefined && scaling.jobDuration === undefined && !isDecided(scaling), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'latency'),
      given: '`latency` without `jobDuration`',
      allowed: 'both: how many messages a task gets done in time follows from how long one takes',
      advice: 'add `jobDuration`, the seconds that a job usually takes',
    }),
};

const isDecided = ({ steps, compatibility }: Scaling) => steps !== undefined || compatibility !== undefined;

const jobsEndInTime: WorkerRule = {
  reads: ['scaling.jobDuration', 'maxJobDuration'],
  check: ({ worker: { scaling, maxJobDuration }, at, show }) =>
    problemIf(maxJobDuration > 0 && (scaling.jobDuration ?? 0) > maxJobDuration, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'jobDuration'),
      given: `${scaling.jobDuration ?? 0} seconds, with \`maxJobDuration: ${show('maxJobDuration', maxJobDuration, 'seconds')}\``,
      allowed: `at most ${show('scaling.jobDuration', maxJobDuration, 'seconds')}, the value of \`maxJobDuration\`, after which a job is stopped`,
    }),
};

const groupsAreOfAFifoQueue: WorkerRule = {
  reads: ['scaling.groups', 'queue.fifo', 'queue.arn'],
  check: ({ worker: { scaling, queue }, at }) =>
    problemIf(scaling.groups !== undefined && !queue.fifo, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'groups'),
      given: '`groups` with a standard queue',
      allowed: '`groups` of a FIFO queue: on a standard queue no message waits for another one',
      advice: 'remove `groups`, or have it in a worker of its own, with `queue.fifo: true`',
    }),
};

/** Where each message has a worker of its own, nothing can be added. */
const signalsHaveAnEffect: WorkerRule = {
  reads: ['scaling.*', 'concurrency'],
  check: ({ worker: { scaling, concurrency }, at }) => {
    if (isDecided(scaling)) return [];
    const perTask = messagesPerTask(scaling, concurrency);
    return (['cpu', 'memory', 'age'] as const)
      .filter((key) => scaling[key] !== undefined && perTask === (key === 'age' ? concurrency : 1))
      .map((key) => ({
        code: 'WATCHBOT_CONTRADICTION',
        place: at('scaling', key),
        given: `\`${key}\`, with ${scaling.jobDuration === undefined ? 'no `jobDuration`' : 'jobs as long as a message may wait'}`,
        allowed: `with a \`jobDuration\` below \`latency\`${key === 'age' ? ' or `steps`' : ', or `concurrency` above 1'}: as it is, there is a ${key === 'age' ? 'worker' : 'task'} for each message up to \`max\`, and none can be added`,
        advice: `remove \`${key}\`, or say how long a job usually takes: \`jobDuration: 5s\``,
      }));
  },
};

/** The sum of what the tasks use is that of one value for each of them and each minute. */
const useComesOnceAMinute: WorkerRule = {
  reads: ['scaling.cpu', 'scaling.memory', 'extensions.service'],
  check: ({ worker: { scaling, extensions }, at }) => {
    const isFine = extensions.service?.MonitoringConfiguration === undefined;
    return (['cpu', 'memory'] as const).flatMap((key) =>
      problemIf(scaling[key] !== undefined && !isFine, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('scaling', key),
        given: `\`${key}\` with \`MonitoringConfiguration\` in \`extensions.service\``,
        allowed: "ECS's own metrics of one value a minute, whose sum is what all tasks use",
        advice: 'remove one of the two',
      }),
    );
  },
};

const ageIsLongEnough: WorkerRule = {
  reads: ['scaling.age', 'scaling.jobDuration', 'scaling.latency'],
  check: ({ worker: { scaling }, at, show }) => {
    const { age, jobDuration = 0, latency = DEFAULT_LATENCY_SECONDS } = scaling;
    const least = Math.ceil(Math.max(jobDuration, latency));
    return problemIf(age !== undefined && age < least, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'age'),
      given: show('scaling.age', age ?? 0, 'seconds'),
      allowed: `at least ${show('scaling.age', least, 'seconds')}: a message is that old ${jobDuration > latency ? 'when its job ends (`jobDuration`)' : 'when it has waited as long as it may (`latency`)'}`,
    });
  },
};

/** A message that fails keeps its group waiting until it is a dead letter, and its age grows meanwhile. */
const ageOfAFifoQueueNeedsGroups: WorkerRule = {
  reads: ['scaling.age', 'scaling.groups', 'queue.fifo', 'queue.arn'],
  check: ({ worker: { scaling, queue }, at }) =>
    problemIf(scaling.age !== undefined && queue.fifo && scaling.groups === undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'age'),
      given: '`age` with a FIFO queue, and no `groups`',
      allowed: '`age` and `groups`: behind a message that fails its group grows old, and no task can help',
      advice: 'say how many groups there usually are: `groups: 10`',
    }),
};

type Entry = NonNullable<Scaling['schedule']>[number];

const entriesOf = ({ worker: { scaling }, at }: RuleSubject) =>
  (scaling.schedule ?? []).map((entry, index) => ({
    entry,
    place: (...keys: string[]) => at('scaling', 'schedule', String(index), ...keys),
  }));

const scalingScheduleIsWhole: WorkerRule = {
  reads: ['scaling.schedule.*'],
  check: (subject) =>
    entriesOf(subject).flatMap(({ entry: { rate, timezone, min, max }, place }) => [
      ...expressionProblems(place('rate'), rate),
      ...timezoneProblems(place('timezone'), timezone),
      ...problemIf(min === undefined && max === undefined, {
        code: 'WATCHBOT_MISSING_KEY',
        place: place(),
        given: 'an entry that changes nothing',
        allowed: '`min`, `max` or both',
      }),
    ]),
};

/**
 * AWS refuses a change after which `min` would be above `max`, and changes nothing then. An entry with one of the two leaves
 * the other one as the last entry set it, which depends on the clock: it must fit all values that the other may have.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html
 */
const scalingScheduleBounds: WorkerRule = {
  reads: ['scaling.min', 'scaling.max', 'scaling.schedule'],
  check: (subject) => {
    const { scaling } = subject.worker;
    const all: readonly Pick<Entry, 'min' | 'max'>[] = [scaling, ...(scaling.schedule ?? [])];
    const lowestMax = Math.min(...all.map(({ max = Infinity }) => max));
    const highestMin = Math.max(...all.map(({ min = 0 }) => min));
    return entriesOf(subject).flatMap(({ entry: { min, max }, place }) => {
      if (min !== undefined && max !== undefined) return bothProblems(place('min'), min, max);
      if (min !== undefined) return oneProblems(place('min'), { min, max: lowestMax, lacks: 'max' });
      if (max !== undefined) return oneProblems(place('max'), { min: highestMin, max, lacks: 'min' });
      return [];
    });
  },
};

const bothProblems = (place: string, min: number, max: number): Problem[] =>
  problemIf(min > max, {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: `min ${min}, max ${max}`,
    allowed: '`min` at most `max`',
    advice: 'raise `max` or lower `min`',
  });

function oneProblems(
  place: string,
  { min, max, lacks }: { min: number; max: number; lacks: 'min' | 'max' },
): Problem[] {
  const [own, other] = lacks === 'max' ? [`min ${min}`, `max ${max}`] : [`max ${max}`, `min ${min}`];
  return problemIf(min > max, {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: `${own} alone, while ${other} may still hold`,
    allowed: '`min` at most each `max` that may hold beside it: AWS would refuse the change',
    advice: `give \`${lacks}\` in the same entry`,
  });
}

const awakeHasAUse: WorkerRule = {
  reads: ['scaling.awake', 'scaling.min', 'scaling.schedule', 'queue.arn'],
  check: ({ worker, given, at }) => {
    const isAsked = given.scaling?.awake === true;
    return problemIf(isAsked && !worker.scaling.awake, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'awake'),
      given: `\`awake: true\` with ${whyNeverAwake(worker) ?? ''}`,
      allowed:
        'a queue that the plugin makes, with `min: 0` at some time: no other falls asleep, or may be changed',
      advice: 'remove `awake`: it is on by default if it has an effect',
    });
  },
};

export const SCALING_RULES: readonly WorkerRule[] = [
  scalingBounds,
  scalingIsDecidedOnce,
  stepsAscend,
  stepsAreWithinBounds,
  firstStepTakesAll,
  latencyNeedsADuration,
  jobsEndInTime,
  groupsAreOfAFifoQueue,
  signalsHaveAnEffect,
  useComesOnceAMinute,
  ageIsLongEnough,
  ageOfAFifoQueueNeedsGroups,
  scalingScheduleIsWhole,
  scalingScheduleBounds,
  awakeHasAUse,
];
