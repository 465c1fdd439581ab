import type { AlarmState } from './alarms';
import { fieldTable, type TextStyle } from '../command/terminal-text';
import type { Metrics } from './metrics';
import type { QueueState } from './queue';
import type { Reading } from './reading';
import type { ScalingActivity, ScalingBounds } from './scaling';
import type { DeploymentState } from './service';
import type { WorkerStatus } from './worker-status';
import { describeAge, describeDuration } from '../../shared/durations';

type Field = [name: string, text: string];

/** One worker, as people read it. */
export async function workerScreen(
  status: WorkerStatus,
  look: TextStyle,
  { nowMs, isLocal }: { nowMs: number; isLocal: boolean },
): Promise<string> {
  const shown = new Shown(look, nowMs);
  const { queue, deadLetters, metrics } = status;
  const oldest = isLocal ? '' : `; ${shown.oldest(metrics)}`;
  const fields: Field[] = [
    ['queue', shown.part(queue, (counts) => `${shown.queue(counts)}${oldest}`)],
    ['dead letters', shown.part(deadLetters, (counts) => shown.deadLetters(counts))],
    ...(isLocal ? [] : fieldsInAws(status, shown)),
  ];
  const note = isLocal ? look.colours.dim('\nTasks, scaling, failures and alarms are only in AWS.') : '';
  return `${look.colours.bold(status.worker)}\n${await fieldTable(fields, look)}${note}`;
}

function fieldsInAws(status: WorkerStatus, shown: Shown): Field[] {
  const { service, protectedTasks, bounds, activities, metrics, alarms } = status;
  return [
    [
      'tasks',
      shown.part(service, ({ tasks: { running, pending, desired } }) => {
        const busy = shown.part(protectedTasks, (count) => `${count} protected`, 'protected');
        return `${running} running, ${pending} pending, ${desired} desired; ${busy}`;
      }),
    ],
    ['deployment', shown.part(service, ({ deployment }) => shown.deployment(deployment))],
    ['scaling', shown.part(bounds, shown.bounds)],
    ['', shown.part(activities, (list) => shown.activities(list), 'activities')],
    ['failures', shown.part(metrics, (read) => shown.failures(read))],
    ['alarms', shown.part(alarms, (list) => shown.alarms(list))],
  ];
}

class Shown {
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

  readonly queue = ({ visible, inFlight, delayed }: QueueState): string =>
    `${visible} waiting, ${inFlight} in flight, ${delayed} delayed`;

  oldest(metrics: Reading<Metrics>): string {
    return this.part(
      metrics,
      ({ oldestMessageSeconds: seconds }) =>
        seconds === null ? 'age of the oldest: no data yet' : `oldest ${describeDuration(seconds * 1000)}`,
      'age of the oldest',
    );
  }

  /** In flight there are those that somebody looks at. */
  deadLetters({ visible, inFlight, delayed }: QueueState): string {
    const count = visible + inFlight + delayed;
    return count === 0 ? '0' : this.colours.yellow(String(count));
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
