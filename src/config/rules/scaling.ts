import type { Problem } from '../../errors/problem';
import { widestBounds } from '../../scaling/choose-policy';
import { isFifo } from '../queue-kind';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** `min` and `max`, and steps between them. */
export const scalingBounds: WorkerRule = {
  reads: ['scaling'],
  check: ({ worker: { scaling }, at }) =>
    problemIf(scaling.min > scaling.max, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'min'),
      given: `min ${scaling.min}, max ${scaling.max}`,
      allowed: '`min` at most `max`',
      advice: `raise \`max\`${scaling.max === 1 ? ' (its default is 1)' : ''} or lower \`min\``,
    }),
};

/** What decides by itself leaves nothing to the keys that it does not read. */
const DECIDED_BY = {
  compatibility: ['steps', 'jobDuration', 'latency', 'groups', 'keepIdle'],
  steps: ['jobDuration', 'latency', 'groups'],
} as const;

export const scalingIsDecidedOnce: WorkerRule = {
  reads: ['scaling'],
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

export const scalingSteps: WorkerRule = {
  reads: ['scaling'],
  check: (subject) => [
    ...stepsAscend(subject),
    ...stepsAreWithinBounds(subject),
    ...firstStepTakesAll(subject),
  ],
};

function stepsAscend({ worker: { scaling }, at }: RuleSubject): Problem[] {
  return (scaling.steps ?? []).flatMap((step, index, all) => {
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
  });
}

function stepsAreWithinBounds({ worker: { scaling }, at }: RuleSubject): Problem[] {
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
}

/** Below the first step the number of tasks would stay what it happened to be. */
function firstStepTakesAll({ worker: { scaling }, at }: RuleSubject): Problem[] {
  const first = scaling.steps?.[0];
  return problemIf(first !== undefined && first.messages > 1, {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('scaling', 'steps', '0', 'messages'),
    given: String(first?.messages ?? 1),
    allowed: '1 in the first step: it says what there is for the fewest messages',
    advice: `begin with \`{messages: 1, tasks: ${Math.max(1, widestBounds(scaling).min)}}\``,
  });
}

export const latencyNeedsADuration: WorkerRule = {
  reads: ['scaling'],
  check: ({ worker: { scaling }, at }) =>
    problemIf(scaling.latency !== undefined && scaling.jobDuration === undefined && !isDecided(scaling), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'latency'),
      given: '`latency` without `jobDuration`',
      allowed: 'both: how many messages a task gets done in time follows from how long one takes',
      advice: 'add `jobDuration`, the seconds that a job usually takes',
    }),
};

const isDecided = ({ steps, compatibility }: RuleSubject['worker']['scaling']) =>
  steps !== undefined || compatibility !== undefined;

export const jobsEndInTime: WorkerRule = {
  reads: ['scaling', 'maxJobDuration'],
  check: ({ worker: { scaling, maxJobDuration }, at }) =>
    problemIf(maxJobDuration > 0 && (scaling.jobDuration ?? 0) > maxJobDuration, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'jobDuration'),
      given: `${scaling.jobDuration ?? 0} seconds, with \`maxJobDuration: ${maxJobDuration}\``,
      allowed: '`jobDuration` at most `maxJobDuration`, after which a job is stopped',
    }),
};

export const groupsAreOfAFifoQueue: WorkerRule = {
  reads: ['scaling', 'queue'],
  check: ({ worker: { scaling, queue }, at }) =>
    problemIf(scaling.groups !== undefined && !isFifo(queue), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'groups'),
      given: '`groups` with a standard queue',
      allowed: '`groups` of a FIFO queue: on a standard queue no message waits for another one',
      advice: 'remove `groups`, or set `queue.fifo`',
    }),
};
