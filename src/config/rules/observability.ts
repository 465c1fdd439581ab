import { describeValue, type Problem } from '../../errors/problem';
import type { Worker } from '../configuration';
import { ALARM_NAMES, OF_NEW_VERSION, type AlarmSettings } from '../defaults';
import { CLOUDWATCH } from '../limits';
import { deadLetterRetention } from '../complete/alarms';
import { logicalId, type WorkerResource } from '../logical-ids';
import { isMap } from '../../shared/json';
import { problemIf, type WorkerRule } from './rule';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (Period) */
const alarmWindows: WorkerRule = {
  reads: ['alarms.*'],
  check: ({ worker: { alarms }, at }) =>
    ALARM_NAMES.flatMap((name) => {
      const settings = alarms[name];
      if (settings === undefined) return [];
      const { period, evaluationPeriods } = settings;
      const limit = windowLimit(settings);
      return problemIf(period * evaluationPeriods > limit, {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('alarms', name),
        given: `${evaluationPeriods} periods of ${period} seconds: ${period * evaluationPeriods} seconds`,
        allowed: `at most ${limit} seconds in all with this period`,
        advice: 'lower `evaluationPeriods` or `period`',
      });
    }),
};

function windowLimit({ period }: AlarmSettings): number {
  return period < CLOUDWATCH.longPeriodSeconds
    ? CLOUDWATCH.maxWindowSeconds
    : CLOUDWATCH.maxLongWindowSeconds;
}

const OF_DEAD_LETTERS = ['deadLetter', 'deadLetterGrowth', 'deadLetterAge'] as const;

/** Without the queue the plugin does not make the alarm, and nobody would notice. */
const deadLetterAlarmsHaveAQueue: WorkerRule = {
  reads: ['alarms.*', 'queue.deadLetter', 'queue.arn'],
  check: ({ worker: { queue }, given: { alarms = {} }, at }) => {
    if (queue.deadLetter !== false) return [];
    return OF_DEAD_LETTERS.filter((name) => isMap(alarms[name])).map((name) => ({
      code: 'WATCHBOT_CONTRADICTION' as const,
      place: at('alarms', name),
      given: `an alarm on dead letters ${queue.arn === undefined ? 'with `queue.deadLetter: false`' : 'of a queue whose dead-letter queue is not known'}`,
      allowed: 'with a dead-letter queue',
      advice:
        queue.arn === undefined
          ? 'remove it, or `deadLetter: false`'
          : 'give its ARN in `queue.deadLetter`, or remove the alarm',
    }));
  },
};

/** What cannot be worked out must be given, since without it the plugin does not make the alarm. */
const agesAreGiven: WorkerRule = {
  reads: ['alarms.*', 'queue.deadLetter', 'queue.arn', 'extensions.deadLetterQueue'],
  check: ({ worker, given: { alarms = {} }, at }) => {
    const isKnown = worker.queue.deadLetter === false || deadLetterRetention(worker) !== undefined;
    const ages = [
      ['age', '15m', 'how long a message may wait is yours to say'],
      ...(isKnown ? [] : [['deadLetterAge', '7d', 'how long that queue keeps messages is not known here']]),
    ] as ['age' | 'deadLetterAge', string, string][];
    return ages.flatMap(([name, example, why]) => {
      const settings: unknown = alarms[name];
      return problemIf(isMap(settings) && settings.threshold === undefined, {
        code: 'WATCHBOT_MISSING_KEY',
        place: at('alarms', name, 'threshold'),
        given: 'no `threshold`',
        allowed: `a \`threshold\`: ${why}`,
        advice: `add \`threshold: ${example}\``,
      });
    });
  },
};

const deadLettersAreThereStill: WorkerRule = {
  reads: ['alarms.deadLetterAge.*', 'queue.deadLetter', 'queue.arn', 'extensions.deadLetterQueue'],
  check: ({ worker, at, show }) => {
    const kept = deadLetterRetention(worker) ?? Infinity;
    const threshold = worker.alarms.deadLetterAge?.threshold ?? 0;
    const place = 'alarms.deadLetterAge.threshold';
    return problemIf(threshold >= kept, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at(...place.split('.')),
      given: show(place, threshold, 'seconds'),
      allowed: `less than ${show(place, kept, 'seconds')}, after which the dead-letter queue has deleted it`,
    });
  },
};

/** Alarms of a worker that are made after its service, since they watch it or scale it. */
const AFTER_THE_SERVICE: readonly WorkerResource[] = [
  'memoryAlarm',
  'cpuAlarm',
  'placementAlarm',
  'deploymentAlarm',
  'scaleUpAlarm',
  'scaleDownAlarm',
];

const deploymentAlarmsAreNamed: WorkerRule = {
  reads: ['deploy.alarms.*'],
  check: ({ worker, given, at }) =>
    (given.deploy?.alarms ?? []).flatMap((alarm, index) => {
      const place = at('deploy', 'alarms', String(index));
      return typeof alarm === 'string' ? nameProblems(alarm, place) : circleProblems(alarm, place, worker);
    }),
};

const ALARM_ARN = /^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/s;

function nameProblems(given: string, place: string): Problem[] {
  const [, name] = ALARM_ARN.exec(given) ?? [];
  if (name !== undefined) {
    const allowed = 'the name of an alarm of this account and region: ECS takes no ARN';
    return [
      { code: 'WATCHBOT_MALFORMED', place, given: describeValue(given), allowed, advice: `write "${name}"` },
    ];
  }
  if (given.length > CLOUDWATCH.maxNameLength) {
    const allowed = `a name of at most ${CLOUDWATCH.maxNameLength} characters`;
    return [{ code: 'WATCHBOT_OUT_OF_RANGE', place, given: `${given.length} characters`, allowed }];
  }
  return ALARM_NAMES.some((word) => word === given) ? [ownAlarm(given, place)] : [];
}

/** An obvious choice, but failures of the old tasks would roll back the very deploy that ends them. */
function ownAlarm(word: string, place: string): Problem {
  return {
    code: 'WATCHBOT_NOT_ALLOWED',
    place,
    given: `${word}, the worker's alarm over the tasks of all versions`,
    allowed: `${OF_NEW_VERSION}, which looks at the jobs of the new version alone, and names of alarms`,
    advice: 'remove it: what tasks of the version before do would roll back the very deploy that mends them',
  };
}

/** As in `{"Ref":"ID"}`, `{"Fn::GetAtt":["ID","Arn"]}`, `"${ID.Arn}"`. */
const isNamedIn = (text: string, id: string): boolean =>
  ['"', '{'].some((before) => ['"', '.', '}'].some((behind) => text.includes(before + id + behind)));

/** CloudFormation would find the circular dependency only during the deploy. */
function circleProblems(alarm: unknown, place: string, { name }: Worker): Problem[] {
  const text = JSON.stringify(alarm);
  return AFTER_THE_SERVICE.filter((resource) => isNamedIn(text, logicalId(name, resource))).map(
    (resource) => ({
      code: 'WATCHBOT_CONTRADICTION' as const,
      place,
      given: `a reference to ${logicalId(name, resource)}, which is made after the service`,
      allowed: 'alarms that do not need the service of this worker',
      advice: 'remove it',
    }),
  );
}

export const OBSERVABILITY_RULES: readonly WorkerRule[] = [
  alarmWindows,
  deadLetterAlarmsHaveAQueue,
  agesAreGiven,
  deadLettersAreThereStill,
  deploymentAlarmsAreNamed,
];
