import { describeValue, type Problem } from '../../errors/problem';
import type { Worker } from '../configuration';
import { ALARM_NAMES, OF_NEW_VERSION, type AlarmSettings } from '../defaults';
import { CLOUDWATCH } from '../limits';
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

const OF_DEAD_LETTERS = ['deadLetter', 'deadLetterGrowth'] as const;

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
  deploymentAlarmsAreNamed,
];
