import { ALARM_NAMES, type AlarmName } from '../../config/defaults';
import type { Configuration, Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { buildTemplate } from '../../resources/template';
import type { Target } from '../stack/target';
import { reading, type Reading } from './reading';

export interface AlarmState {
  /** As under `alarms` in serverless.yml. */
  alarm: AlarmName;
  name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`; null where AWS has no such alarm. */
  state: string | null;
  since: Date | null;
  reason: string | null;
}

/** Of the alarms that the template has: those of scaling are busy by nature, and told by its activities. */
export async function alarmStates(
  { clients, explain }: Target,
  configuration: Configuration,
  worker: Worker,
): Promise<Reading<AlarmState[]>> {
  const names = alarmNames(configuration, worker);
  if (names.size === 0) return { value: [] };
  const { DescribeAlarmsCommand } = await import('../../vendor/cloudwatch.mjs');
  const cloudWatch = await clients.cloudWatch();
  const call = { action: 'cloudwatch:DescribeAlarms', place: `alarms of worker ${worker.name}` };
  return reading(explain, call, async () => {
    const { MetricAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [...names.values()], AlarmTypes: ['MetricAlarm'] }),
    );
    return [...names].map(([alarm, name]) => {
      const found = MetricAlarms.find(({ AlarmName: each }) => each === name);
      const { StateValue, StateTransitionedTimestamp, StateUpdatedTimestamp, StateReason } = found ?? {};
      return {
        alarm,
        name,
        state: StateValue ?? null,
        since: StateTransitionedTimestamp ?? StateUpdatedTimestamp ?? null,
        reason: StateReason ?? null,
      };
    });
  });
}

/** What the template calls them, the user's extensions included. */
function alarmNames(configuration: Configuration, { name }: Worker): Map<AlarmName, string> {
  const noImages = Object.fromEntries(configuration.workers.map((worker) => [worker.name, '']));
  const { Resources } = buildTemplate(configuration, noImages);
  return new Map(
    ALARM_NAMES.flatMap((alarm): [AlarmName, string][] => {
      const given = Resources[logicalId(name, `${alarm}Alarm`)]?.Properties?.AlarmName;
      return typeof given === 'string' ? [[alarm, given]] : [];
    }),
  );
}
