import { factsOf } from '../config/capacity';
import type { TextOrIntrinsic } from '../config/configuration';
import { PRESETS, type PresetName } from '../config/presets';
import { hostOf, isAfterWatcher, sharesLoopback, type Sidecar } from '../config/sidecars';
import { logToGroup, outputFile } from './container-log';
import { secretValueFrom } from './derived';
import { healthCheck } from './health-check';
import type { ContainerProperties } from './resource-types';
import type { Subject } from './subject';

/** The containers beside that of the watcher. */
export const sidecarContainers = (subject: Subject): ContainerProperties[] =>
  subject.worker.sidecars.map((sidecar) => sidecarContainer(subject, sidecar));

function sidecarContainer(subject: Subject, sidecar: Sidecar): ContainerProperties {
  const { credentials, labels } = sidecar;
  return {
    Name: sidecar.name,
    // A rule requires one.
    Image: sidecar.image ?? '-',
    RepositoryCredentials: credentials === undefined ? undefined : { CredentialsParameter: credentials },
    Essential: sidecar.essential,
    EntryPoint: sidecar.entryPoint,
    Command: command(subject, sidecar),
    Environment: environment(subject, sidecar),
    Secrets: secrets(subject, sidecar),
    Cpu: sidecar.cpu,
    Memory: sidecar.memory,
    MemoryReservation: sidecar.softMemory,
    MountPoints: mountPoints(sidecar),
    HealthCheck: healthCheck(sidecar.healthCheck),
    RestartPolicy: sidecar.restart ? { Enabled: true, RestartAttemptPeriod: RESTART_SECONDS } : undefined,
    DockerLabels: Object.keys(labels).length === 0 ? undefined : labels,
    User: sidecar.user,
    ...filesystem(subject, sidecar),
    StopTimeout: sidecar.stopTimeout,
    DependsOn: conditions(Object.entries(sidecar.dependsOn)),
    FirelensConfiguration: firelens(subject, sidecar),
    LogConfiguration: sidecar.logs ? logToGroup(subject, 'sidecarLogGroup') : undefined,
  };
}

function mountPoints({ mounts }: Sidecar): ContainerProperties['MountPoints'] {
  if (mounts.length === 0) return undefined;
  return mounts.map(({ path, volume, readOnly }) => ({
    SourceVolume: volume,
    ContainerPath: path,
    ReadOnly: readOnly,
  }));
}

/** One that ended sooner would end again: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html */
const RESTART_SECONDS = 60;

/** MiB in memory for what the collector writes. */
const SCRATCH_MIB = 16;

/** One that must write somewhere can do so everywhere, where there are no folders in memory. */
function filesystem(
  { worker }: Subject,
  { preset, writableFilesystem }: Sidecar,
): Pick<ContainerProperties, 'ReadonlyRootFilesystem' | 'LinuxParameters'> {
  const scratch = preset === undefined ? undefined : PRESETS[preset].scratch;
  if (writableFilesystem || scratch === undefined) return { ReadonlyRootFilesystem: !writableFilesystem };
  if (!factsOf(worker.capacity).hasMemoryFolders) return { ReadonlyRootFilesystem: false };
  return {
    ReadonlyRootFilesystem: true,
    LinuxParameters: { Tmpfs: [{ ContainerPath: scratch, Size: SCRATCH_MIB }] },
  };
}

const OUTPUTS_VARIABLE = 'ROUTER_OUTPUTS';
const OUTPUTS_FILE = '/fluent-bit/watchbot-outputs.conf';

/** The outputs become a file, which the configuration that ECS makes includes. */
const WITH_OUTPUTS = `printf '%s' "$${OUTPUTS_VARIABLE}" > ${OUTPUTS_FILE} && exec /entrypoint.sh`;

const ownOutputs = (subject: Subject, sidecar: Sidecar): TextOrIntrinsic | undefined =>
  sidecar.firelens === undefined ? undefined : outputFile(subject);

const command = (subject: Subject, sidecar: Sidecar): ContainerProperties['Command'] =>
  ownOutputs(subject, sidecar) === undefined ? sidecar.command : ['/bin/sh', '-c', WITH_OUTPUTS];

function firelens(subject: Subject, sidecar: Sidecar): ContainerProperties['FirelensConfiguration'] {
  if (sidecar.firelens === undefined) return undefined;
  const hasOutputs = ownOutputs(subject, sidecar) !== undefined;
  return {
    Type: sidecar.firelens.type,
    Options: {
      ...sidecar.firelens.options,
      ...(hasOutputs ? { 'config-file-type': 'file', 'config-file-value': OUTPUTS_FILE } : {}),
    },
  };
}

function environment(subject: Subject, sidecar: Sidecar): ContainerProperties['Environment'] {
  const outputs = ownOutputs(subject, sidecar);
  const all: Record<string, TextOrIntrinsic> = {
    ...networkVariables(subject, sidecar),
    ...sidecar.environment,
    ...(outputs === undefined ? {} : { [OUTPUTS_VARIABLE]: outputs }),
  };
  const names = Object.keys(all).filter((name) => !Object.hasOwn(sidecar.secrets, name));
  return names.length === 0 ? undefined : names.sort().map((name) => ({ Name: name, Value: all[name] }));
}

/** What a preset must be told of where it is. */
function networkVariables({ configuration, worker }: Subject, { preset }: Sidecar): Record<string, string> {
  if (preset !== 'datadog') return {};
  return {
    ...(worker.capacity.launchType === 'FARGATE' ? { ECS_FARGATE: 'true' } : {}),
    // From another container's loopback; without a shared one it must listen to what comes by the network.
    ...(sharesLoopback(configuration, worker)
      ? {}
      : { DD_APM_NON_LOCAL_TRAFFIC: 'true', DD_DOGSTATSD_NON_LOCAL_TRAFFIC: 'true' }),
  };
}

function secrets({ configuration: { context } }: Subject, sidecar: Sidecar): ContainerProperties['Secrets'] {
  const names = Object.keys(sidecar.secrets).sort();
  if (names.length === 0) return undefined;
  return names.map((name) => ({
    Name: name,
    ValueFrom: secretValueFrom(sidecar.secrets[name]!, context.resources),
  }));
}

function conditions(waits: readonly (readonly [string, string])[]): ContainerProperties['DependsOn'] {
  if (waits.length === 0) return undefined;
  return waits.map(([ContainerName, Condition]) => ({ ContainerName, Condition }));
}

/**
 * What the watcher waits for. When the task stops, ECS ends containers the other way round: the sidecars have what jobs said
 * at their end.
 */
export const watcherDependsOn = ({ worker }: Subject): ContainerProperties['DependsOn'] =>
  conditions(
    worker.sidecars.flatMap(({ name, watcherWaits }) =>
      watcherWaits === undefined ? [] : [[name, watcherWaits] as const],
    ),
  );

/** Where containers do not share their loopback, a link gives the watcher the sidecar's name for a host. */
export function watcherLinks({ configuration, worker }: Subject): ContainerProperties['Links'] {
  if (sharesLoopback(configuration, worker)) return undefined;
  const linked = worker.sidecars.filter(
    (sidecar) =>
      sidecar.ports.length > 0 && sidecar.firelens === undefined && !isAfterWatcher(sidecar, worker.sidecars),
  );
  return linked.length === 0 ? undefined : linked.map(({ name }) => name);
}

/** The variables by which programs find the presets, unless the user says otherwise. */
export function sidecarVariables(subject: Subject): Record<string, TextOrIntrinsic> {
  const { configuration, worker } = subject;
  const all = worker.sidecars.flatMap((sidecar) => {
    if (sidecar.preset === undefined) return [];
    return Object.entries(
      VARIABLES[sidecar.preset](hostOf(sidecar, configuration, worker), worker.environment),
    );
  });
  const isOwn = (name: string) =>
    Object.hasOwn(worker.secrets, name) || Object.hasOwn(worker.environment, name);
  return Object.fromEntries(all.filter(([name]) => !isOwn(name)));
}

type GivenVariables = Subject['worker']['environment'];

const OTLP_PROTOCOL = 'OTEL_EXPORTER_OTLP_PROTOCOL';

const VARIABLES: Readonly<
  Record<PresetName, (host: string, given: GivenVariables) => Record<string, string>>
> = {
  // https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-configuration.html
  xray: (host) => ({ AWS_XRAY_DAEMON_ADDRESS: `${host}:2000` }),
  // https://opentelemetry.io/docs/specs/otel/protocol/exporter/
  adot: (host, given) => {
    const protocol = given[OTLP_PROTOCOL] ?? 'http/protobuf';
    const port = protocol === 'grpc' ? 4317 : 4318;
    return {
      AWS_XRAY_DAEMON_ADDRESS: `${host}:2000`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}:${port}`,
      [OTLP_PROTOCOL]: 'http/protobuf',
    };
  },
  // https://docs.datadoghq.com/tracing/trace_collection/library_config/
  datadog: (host) => ({ DD_AGENT_HOST: host }),
  'fluent-bit': () => ({}),
};
