import type { Reading } from './reading';
import type { WorkerStatus } from './worker-status';

/** For machines: every field is always there, `null` where it was not read; `notRead` says why. */
export function statusJson(status: WorkerStatus) {
  const { queue, deadLetters, service, bounds, activities, metrics, alarms } = status;
  const readService = valueOf(service);
  const readMetrics = valueOf(metrics);
  return {
    worker: status.worker,
    queue: valueOf(queue),
    deadLetters: valueOf(deadLetters),
    oldestMessageSeconds: readMetrics?.oldestMessageSeconds ?? null,
    tasks: readService === null ? null : { ...readService.tasks, protected: valueOf(status.protectedTasks) },
    deployment: readService?.deployment ?? null,
    scaling: valueOf(bounds),
    scalingActivities: valueOf(activities),
    failures: readMetrics?.failures ?? null,
    alarms: valueOf(alarms),
    notRead: Object.entries(PARTS).flatMap(([key, what]) => {
      const part = status[key as keyof typeof PARTS];
      return 'value' in part ? [] : [{ what, ...reasonOf(part) }];
    }),
  };
}

const PARTS = {
  queue: 'queue',
  deadLetters: 'deadLetters',
  service: 'tasks, deployment',
  protectedTasks: 'tasks.protected',
  bounds: 'scaling',
  activities: 'scalingActivities',
  metrics: 'oldestMessageSeconds, failures',
  alarms: 'alarms',
} as const;

const reasonOf = ({ reason, action = null }: { reason: string; action?: string | null | undefined }) => ({
  reason,
  action,
});

function valueOf<T>(reading: Reading<T>): T | null {
  return 'value' in reading ? reading.value : null;
}
