import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { logicalIds, SharedId } from '../../src/config/logical-ids';
import { SINGLE_WORKER_NAME } from '../../src/config/names';
import { keyDefaults } from '../../tools/pages/configuration';
import { commandsFor } from '../../src/features/command/declare';

/** All that lib/template.js of Watchbot v9.1.0 reads from its options. */
const V9_OPTIONS = `
  alarmPeriods alarmThreshold autoscalingRoleArn capacity cluster command dashboard deadletterAlarm
  deadletterThreshold env errorThreshold family fargatePublicIp fargateSecurityGroups fargateSubnets fifo
  maxJobDuration maxSize messageRetention minSize mounts notificationEmail notificationTopic permissions
  placementConstraints placementStrategies prefix privileged readCapacityUnits reduce reservation.cpu
  reservation.memory reservation.softMemory service serviceVersion structuredLogging watchbotVersion
  writableFilesystem writeCapacityUnits
`;

const ALARM_SETTINGS = ['threshold', 'period', 'evaluationPeriods'];
const V10_ALARMS = ['memoryUtilization', 'cpuUtilization', 'queueSize', 'dlqSize', 'workersErrors'];

/** WatchbotProps of lib/watchbot.ts of Watchbot v10.1.2, with the maps in it from aws-cdk-lib 2.162.1. */
const V10_PROPERTIES = `
  cluster command containerName cpu deploymentEnvironment environment ephemeralStorageGiB family fifo image
  deadLetterThreshold logGroupName logGroupRetentionDays maxJobDuration maxScalingCapacity memoryLimitMiB
  memoryReservationMiB minScalingCapacity prefix privileged publicIP readonlyRootFilesystem retentionPeriod
  scaleUpAlarmInterval secrets securityGroups serviceName serviceVersion structuredLogging subnets
  runtimePlatform.cpuArchitecture runtimePlatform.operatingSystemFamily
  healthCheck.command healthCheck.interval healthCheck.retries healthCheck.startPeriod healthCheck.timeout
  mountPoints[].containerPath mountPoints[].readOnly mountPoints[].sourceVolume
  volumes[].configuredAtLaunch volumes[].dockerVolumeConfiguration volumes[].efsVolumeConfiguration
  volumes[].host volumes[].name
  reduceModeConfiguration.enabled reduceModeConfiguration.readCapacityUnits
  reduceModeConfiguration.writeCapacityUnits
  alarms.action
  ${V10_ALARMS.flatMap((alarm) => ALARM_SETTINGS.map((setting) => `alarms.${alarm}.${setting}`)).join(' ')}
`;

/** Options of lib/template.js of v0.0.7 to v8 that v9.1.0 no longer reads. */
const ENDED_OPTIONS = `
  alarmOnEachFailure backoff clusterRole debugLogs failedPlacementAlarmPeriods fresh logAggregationFunction
  messageTimeout notifyAfterRetries user watchers webhook webhookKey workers
`;

const STATUSES = ['same', 'renamed', 'derived', 'dropped', 'not yet'] as const;

interface Row {
  name: string;
  status: string;
  here: string;
  theirDefault: string;
  ourDefault: string;
  note: string;
}

const page = readFileSync(resolve(__dirname, '../../docs/watchbot-options.md'), 'utf8');
const defaults = keyDefaults();

/** Cells of the lines of a section's table, below its head. */
function table(heading: string): string[][] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function optionRow([option, status, here, theirDefault, ourDefault, note]: string[]): Row {
  return {
    name: codes(option!)[0]!,
    status: status!,
    here: here!,
    theirDefault: theirDefault!,
    ourDefault: ourDefault!,
    note: note!,
  };
}

function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

const words = (text: string) => text.trim().split(/\s+/).sort();

const v9 = table('v9: options of `watchbot.template()`').map(optionRow);
const v10 = table('v10: properties of `FargateWatchbot`').map(optionRow);
const ended = table('v0 to v4: options that ended before v9').map(([option, versions, ...others]) => ({
  ...optionRow([option!, ...others]),
  versions: versions!,
}));
const tools = table('Tools').map(([tool, , status, here, note]) => ({
  tool: tool!,
  status: status!,
  here: here!,
  note: note!,
}));
const all: Row[] = [...v9, ...v10, ...ended];
const withKey = all.filter(({ status }) => status === 'same' || status === 'renamed');

describe("the page of Watchbot's options", () => {
  it.each([
    ['v9', v9, V9_OPTIONS],
    ['v10', v10, V10_PROPERTIES],
    ['versions before', ended, ENDED_OPTIONS],
  ])('has every option of %s, once', (_version, rows, options) => {
    expect(rows.map(({ name }) => name).sort()).toEqual(words(options));
  });

  it.each(all)('says of $name what it is here', ({ name, status, here, note }) => {
    expect(STATUSES).toContain(status);
    expect(codes(here).length).toBeLessThanOrEqual(1);
    const isThere = (key: string) => defaults.has(key);
    // What has come is no longer to come.
    expect(codes(here).filter((key) => isThere(key) === (status === 'not yet'))).toEqual([]);
    if (status === 'same') expect(codes(here)).toEqual([name]);
    if (status === 'renamed') expect(codes(here)).not.toEqual([name]);
    if (status === 'dropped') expect(here).toBe('');
    if (!['same', 'renamed'].includes(status)) expect(note).toMatch(/\.$/);
  });

  it.each(withKey)('names a key and its default for $name', ({ here, theirDefault, ourDefault }) => {
    const [key] = codes(here);
    expect(key).toBeDefined();
    expect(theirDefault).not.toBe('');
    // An empty cell says that the default is Watchbot's.
    const said = ourDefault === '' ? theirDefault : ourDefault;
    // The default of a map stands for those of the keys in it.
    const known = defaults.get(key!) === 'as below' ? said : defaults.get(key!);
    expect(said).toBe(known);
  });

  it('shows a default of ours only if it differs', () => {
    expect(all.filter(({ theirDefault, ourDefault }) => theirDefault === ourDefault)).toEqual([]);
    expect(all.filter((row) => !withKey.includes(row) && row.ourDefault !== '')).toEqual([]);
  });

  it('says in which versions the removed ones existed', () => {
    expect(ended.filter(({ versions }) => !/^\d\S+ to \d/.test(versions))).toEqual([]);
  });

  it('names resources that the template of a single worker has', () => {
    const ids: unknown[] = [...logicalIds(SINGLE_WORKER_NAME), ...Object.values(SharedId)];
    const named = table("What Watchbot's results are called").flatMap(([, here]) =>
      [...here!.matchAll(/!(?:Ref|GetAtt) (\w+)/g)].map(([, id]) => id!),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(tools)('says what there is instead of $tool', ({ status, here, note }) => {
    const commands = Object.keys(commandsFor([]).watchbot!.commands!);
    const own = codes(here).flatMap((code) => /^sls watchbot (\S+)$/.exec(code)?.[1] ?? []);
    expect(STATUSES).toContain(status);
    expect(own.filter((name) => commands.includes(name) === (status === 'not yet'))).toEqual([]);
    if (['derived', 'dropped'].includes(status)) expect(note).toMatch(/\.$/);
  });
});
