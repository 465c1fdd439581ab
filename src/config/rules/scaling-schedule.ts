import type { Problem } from '../../errors/problem';
import { whyNeverAwake } from '../awake';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';
import { expressionProblems, timezoneProblems } from './schedules';

type Entry = NonNullable<RuleSubject['worker']['scaling']['schedule']>[number];

const entriesOf = ({ worker: { scaling }, at }: RuleSubject) =>
  (scaling.schedule ?? []).map((entry, index) => ({
    entry,
    place: (...keys: string[]) => at('scaling', 'schedule', String(index), ...keys),
  }));

export const scalingScheduleIsWhole: WorkerRule = {
  reads: ['scaling'],
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
 * AWS refuses a change after which `min` would be above `max`, and then nothing is changed. An entry with one of the two
 * leaves the other as it is, and which entry was the last is the clock's affair: it must go with all that there may be.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html
 */
export const scalingScheduleBounds: WorkerRule = {
  reads: ['scaling'],
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
    given: `${own} alone, where ${other} may still hold`,
    allowed: '`min` at most each `max` that may hold beside it: AWS would refuse the change',
    advice: `give \`${lacks}\` in the same entry`,
  });
}

export const awakeHasAUse: WorkerRule = {
  reads: ['scaling', 'queue'],
  check: ({ worker, at }) => {
    const why = whyNeverAwake(worker);
    return problemIf(worker.scaling.awake === true && why !== undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('scaling', 'awake'),
      given: `\`awake: true\` with ${why ?? ''}`,
      allowed:
        'a queue that the plugin makes, with `min: 0` at some time: no other falls asleep, or may be changed',
      advice: 'remove `awake`: it is on by itself where it has a use',
    });
  },
};
