import { DAY_SECONDS, describeAge, describeDuration } from '../../shared/durations';
import { fieldTable, type TextStyle } from '../command/terminal-text';
import { totalOf, type MessageCounts } from '../stack/queues';
import type { AlarmState, Metrics } from './cloud-watch';
import type { Reading } from './reading';
import type { DeploymentState, ScalingActivity, ScalingBounds } from './service';
import type { WorkerStatus } from './worker-status';

type DeadLetterState = MessageCounts & { name: string; retentionSeconds: number | null };

type Field = [name: string, text: string];

/** One worker, for people. */
export async function workerScreen(
  status: WorkerStatus,
  style: TextStyle,
  { nowMs, isLocal }: { nowMs: number; isLocal: boolean },
): Promise<string> {
  const texts = new PartTexts(style, nowMs);
  const { queue, deadLetters, metrics } = status;
  const oldest = isLocal ? '' : `; ${texts.oldest(metrics)}`;
  const fields: Field[] = [
    ['queue', texts.part(queue, (counts) => `${texts.queue(counts)}${oldest}`)],
    ...(isLocal ? [] : texts.fairness(metrics).map((text): Field => ['', text])),
    [
      'dead letters',
      texts.part(deadLetters, (counts) => `${texts.deadLetters(counts)}${texts.expiry(counts, metrics)}`),
    ],
    ...(isLocal ? [] : fieldsInAws(status, texts)),
  ];
  const note = isLocal ? style.colours.dim('\nTasks, scaling, failures and alarms are only in AWS.') : '';
  return `${style.colours.bold(status.worker)}\n${await fieldTable(fields, style)}${note}`;
}

function fieldsInAws(status: WorkerStatus, texts: PartTexts): Field[] {
  const { service, protectedTasks, bounds, activities, metrics, alarms } = status;
  return [
    [
      'tasks',
      texts.part(service, ({ tasks: { running, pending, desired } }) => {
        const busy = texts.part(protectedTasks, (count) => `${count} protected`, 'protected');
        return `${running} running, ${pending} pending, ${desired} desired; ${busy}`;
      }),
    ],
    ['deployment', texts.part(service, ({ deployment }) => texts.deployment(deployment))],
    ['scaling', texts.part(bounds, texts.bounds)],
    ['', texts.part(activities, (list) => texts.activities(list), 'activities')],
    ['failures', texts.part(metrics, (read) => texts.failures(read))],
    ['alarms', texts.part(alarms, (list) => texts.alarms(list))],
  ];
}

/** The text of each part. */
class PartTexts {
  private readonly colours: TextStyle['colours'];
  private readonly nowMs: number;

  constructor({ colours }: TextStyle, nowMs: number) {
    this.colours = colours;
    this.nowMs = nowMs;
  }

  /** The part, or why it was not read. */
  part<T>(reading: Reading<T>, show: (value: T) => string, what = ''): string {
    if ('value' in reading) return show(reading.value);
    return this.colours.dim(`${what === '' ? '' : `${what} `}not read: ${reading.reason}`);
  }

  readonly queue = ({ visible, inFlight, delayed }: MessageCounts): string =>
    `${visible} waiting, ${inFlight} in flight, ${delayed} delayed`;

  oldest(metrics: Reading<Metrics>): string {
    return this.part(
      metrics,
      ({ oldestMessageSeconds: seconds }) =>
        seconds === null ? 'age of the oldest: no data yet' : `oldest ${describeDuration(seconds * 1000)}`,
      'age of the oldest',
    );
  }

  /** Dead letters that somebody looks at are in flight. */
  deadLetters({ visible, inFlight, delayed }: MessageCounts): string {
    const count = totalOf({ visible, inFlight, delayed });
    return count === 0 ? '0' : this.colours.yellow(String(count));
  }

  /**
   * When SQS deletes the first of them. In a standard queue it may be sooner: what it waited in the work queue counts, and
   * the metric does not have it.
   */
  expiry({ name, retentionSeconds, ...counts }: DeadLetterState, metrics: Reading<Metrics>): string {
    const left = deadLettersExpireIn({ retentionSeconds }, metrics);
    if (left === null || totalOf(counts) === 0) return '';
    const text = `the first is deleted in ${describeDuration(left * 1000)}${name.endsWith('.fifo') ? '' : ' at the latest'}`;
    return `; ${left < SOON_SECONDS ? this.colours.yellow(text) : text}`;
  }

  /** Only if there is anything to say. */
  fairness(metrics: Reading<Metrics>): string[] {
    const fairness = 'value' in metrics ? metrics.value.fairness : null;
    if (fairness === null || fairness.noisyGroups === 0) return [];
    const { noisyGroups, visibleInQuietGroups, oldestInQuietGroupsSeconds: seconds } = fairness;
    const oldest = seconds === null ? '' : `, oldest ${describeDuration(seconds * 1000)}`;
    return [
      this.colours.yellow(
        `${noisyGroups} noisy message group${noisyGroups === 1 ? '' : 's'}; of the others ${visibleInQuietGroups} waiting${oldest}`,
      ),
    ];
  }

  deployment(deployment: DeploymentState | null): string {
    if (deployment === null) return 'none';
    const { state, reason, since, running, desired, failedTasks, others } = deployment;
    const colour = state === 'FAILED' ? this.colours.red : (text: string) => text;
    const parts = [
      colour(state.toLowerCase().replaceAll('_', ' ')),
      ...(since === null
        ? []
        : [state === 'COMPLETED' ? ` ${this.ago(since)} ago` : ` for ${this.ago(since)}`]),
      ...(state === 'COMPLETED' ? [] : [`, ${running} of ${desired} new tasks run`]),
      ...(failedTasks === 0 ? [] : [this.colours.red(`, ${failedTasks} failed to start`)]),
      ...(others === 0 ? [] : [`, older tasks of ${others} more`]),
      ...(state === 'FAILED' && reason !== null ? [`: ${reason}`] : []),
    ];
    return parts.join('');
  }

  readonly bounds = ({ min, max }: ScalingBounds): string => `${min} to ${max} tasks`;

  activities(list: readonly ScalingActivity[]): string {
    if (list.length === 0) return 'no activity yet';
    return list
      .map(({ at, status, description }) => {
        const when = at === null ? '' : `${this.ago(at)} ago: `;
        return `${when}${description} (${status})`;
      })
      .join('\n');
  }

  failures({ failures }: Metrics): string {
    if (failures === null) return 'no data yet: no job has ended in the last hour';
    const { failed, jobs, withinSeconds } = failures;
    const percent = jobs === 0 ? 0 : (failed / jobs) * 100;
    const text = `${failed} of ${jobs} jobs failed in the last ${describeAge(withinSeconds * 1000)}, ${percent.toFixed(1)} %`;
    return failed > 0 ? this.colours.yellow(text) : text;
  }

  alarms(list: readonly AlarmState[]): string {
    if (list.length === 0) return 'none';
    const nameWidth = Math.max(...list.map(({ alarm }) => alarm.length));
    return list
      .map(({ alarm, state, since }) => {
        const when = since === null ? '' : ` for ${this.ago(since)}`;
        return `${alarm.padEnd(nameWidth)}  ${this.alarmState(state)}${when}`;
      })
      .join('\n');
  }

  private alarmState(state: string | null): string {
    if (state === null) return this.colours.dim('AWS has no such alarm');
    if (state === 'ALARM') return this.colours.red(state);
    return state === 'OK' ? this.colours.green(state) : state.toLowerCase().replaceAll('_', ' ');
  }

  private ago(date: Date): string {
    return describeDuration(Math.max(0, this.nowMs - date.getTime()));
  }
}

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
    fairness: readMetrics?.fairness ?? null,
    deadLettersExpireInSeconds: deadLettersExpireIn(valueOf(deadLetters), metrics),
    failures: readMetrics?.failures ?? null,
    alarms: valueOf(alarms),
    notRead: Object.entries(PARTS).flatMap(([key, what]) => {
      const part = status[key as keyof typeof PARTS];
      return 'value' in part ? [] : [{ what, ...reasonOf(part) }];
    }),
  };
}

const SOON_SECONDS = 2 * DAY_SECONDS;

/** At most so many seconds until SQS deletes the first dead letter; null if there is none, or it is not known. */
function deadLettersExpireIn(
  queue: Pick<DeadLetterState, 'retentionSeconds'> | null,
  metrics: Reading<Metrics>,
): number | null {
  const oldest = valueOf(metrics)?.oldestDeadLetterSeconds ?? null;
  const kept = queue?.retentionSeconds ?? null;
  return oldest === null || kept === null ? null : Math.max(0, kept - oldest);
}

const PARTS = {
  queue: 'queue',
  deadLetters: 'deadLetters',
  service: 'tasks, deployment',
  protectedTasks: 'tasks.protected',
  bounds: 'scaling',
  activities: 'scalingActivities',
  metrics: 'oldestMessageSeconds, fairness, deadLettersExpireInSeconds, failures',
  alarms: 'alarms',
} as const;

const reasonOf = ({ reason, action = null }: { reason: string; action?: string | null | undefined }) => ({
  reason,
  action,
});

function valueOf<T>(reading: Reading<T>): T | null {
  return 'value' in reading ? reading.value : null;
}
