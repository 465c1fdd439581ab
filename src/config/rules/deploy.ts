import { describeValue, type Problem } from '../../errors/problem';
import { ALARM_NAMES } from '../alarm-defaults';
import { CLOUDWATCH } from '../limits';
import { logicalId, type WorkerResource } from '../logical-ids';
import { OF_NEW_VERSION } from '../schema/deploy';
import type { RuleSubject, WorkerRule } from './rule';

/** Alarms of a worker that are made after its service, since they look at it or move it. */
const AFTER_THE_SERVICE: readonly WorkerResource[] = [
  'memoryAlarm',
  'cpuAlarm',
  'placementAlarm',
  'deploymentAlarm',
  'scaleUpAlarm',
  'scaleDownAlarm',
];

export const deploymentAlarmsAreNamed: WorkerRule = {
  reads: ['deploy'],
  check: (subject) =>
    subject.worker.deploy.alarms.flatMap((alarm, index) => {
      const place = subject.at('deploy', 'alarms', String(index));
      return typeof alarm === 'string' ? nameProblems(alarm, place) : circleProblems(alarm, place, subject);
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

/** It would be easy to take, and the old tasks' failures would roll back the very deploy that ends them. */
function ownAlarm(word: string, place: string): Problem {
  return {
    code: 'WATCHBOT_NOT_ALLOWED',
    place,
    given: `${word}, the worker's alarm over the tasks of all versions`,
    allowed: `${OF_NEW_VERSION}, which looks at the jobs of the new version alone, and names of alarms`,
    advice: 'remove it: what tasks of the version before do would roll back the very deploy that mends them',
  };
}

/** CloudFormation would find the circle only when it deploys. */
function circleProblems(alarm: unknown, place: string, { name }: RuleSubject): Problem[] {
  const text = JSON.stringify(alarm);
  return AFTER_THE_SERVICE.filter((resource) =>
    new RegExp(`["{]${logicalId(name, resource)}[".}]`).test(text),
  ).map((resource) => ({
    code: 'WATCHBOT_CONTRADICTION' as const,
    place,
    given: `a reference to ${logicalId(name, resource)}, which is made after the service`,
    allowed: 'alarms that do not need the service of this worker',
    advice: 'remove it',
  }));
}
