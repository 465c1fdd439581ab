import { mapValues } from '../../shared/json';
import type { HealthCheck, WorkerInput } from '../configuration';
import { HEALTH_CHECK_DEFAULTS } from '../defaults';
import { CONTAINER_NAME } from '../names';
import { PRESETS, type Preset } from '../presets';
import {
  isAfterWatcher,
  isOfEnd,
  type Condition,
  type Firelens,
  type Port,
  type Sidecar,
  type SidecarMount,
} from '../sidecars';
import { asText, completeSecrets, withoutSlash } from './task';

type GivenSidecar = Exclude<WorkerInput['sidecars'][string], string | false>;
type Named = GivenSidecar & Pick<Sidecar, 'name' | 'dependsOn'>;

export function completeSidecars({ sidecars, healthCheck }: WorkerInput): Sidecar[] {
  const all = Object.entries(sidecars).flatMap(([name, given]): Named[] => {
    if (given === false) return [];
    const map = typeof given === 'string' ? { preset: given } : given;
    return [{ ...map, name, dependsOn: map.dependsOn ?? {} }];
  });
  // Without a check of the watcher, that of a sidecar would be the task's: ECS would replace it with its jobs.
  const mayHaveCheck = healthCheck !== false;
  return all.map((given) => completeSidecar(given, all, mayHaveCheck));
}

function completeSidecar(given: Named, all: readonly Named[], mayHaveCheck: boolean): Sidecar {
  const preset = given.preset === undefined ? undefined : PRESETS[given.preset];
  return {
    name: given.name,
    preset: given.preset,
    ...completeImageOf(given, preset),
    ...completeVariables(given, preset),
    ports: given.ports?.map(completePort) ?? preset?.ports ?? [],
    ...completeSize(given, preset),
    healthCheck: completeCheck(given, mayHaveCheck ? preset : undefined),
    ...completeContainerOf(given, preset),
    mounts: completeMounts(given.mounts),
    ...completeLife(given, all),
    logs: given.logs ?? true,
    firelens: completeFirelens(given.firelens, preset?.firelens),
  };
}

const completeContainerOf = (
  { labels = {}, user, writableFilesystem }: GivenSidecar,
  preset: Preset | undefined,
) => ({
  labels: mapValues(labels, asText),
  user: user === undefined ? preset?.user : asText(user),
  writableFilesystem: writableFilesystem ?? preset?.isReadOnly !== true,
});

const completeMounts = (mounts: GivenSidecar['mounts'] = {}): SidecarMount[] =>
  Object.entries(mounts).map(([path, { volume, readOnly = false }]) => ({
    path: withoutSlash(path),
    volume,
    readOnly,
  }));

function completeLife(given: Named, all: readonly Named[]) {
  const watcherWaits = completeWait(given, all);
  const essential = given.essential ?? false;
  return {
    essential,
    // ECS starts an essential container again, too, rather than end the task.
    restart: given.restart ?? !(essential || isOfEnd(watcherWaits) || isWaitedFor(given.name, all)),
    stopTimeout: given.stopTimeout,
    dependsOn: given.dependsOn,
    watcherWaits,
  };
}

const completeImageOf = (given: GivenSidecar, preset: Preset | undefined) => ({
  image: given.image ?? preset?.image,
  credentials: given.credentials,
  entryPoint: given.entryPoint,
  command: given.command ?? preset?.command,
});

/** What is among the secrets is no variable as well. */
function completeVariables({ environment = {}, secrets = {} }: GivenSidecar, preset: Preset | undefined) {
  const own = Object.entries(preset?.environment ?? {}).filter(([name]) => !Object.hasOwn(secrets, name));
  return {
    environment: { ...Object.fromEntries(own), ...mapValues(environment, asText) },
    secrets: completeSecrets(secrets),
  };
}

function completePort(given: number | string): Port {
  const [number, protocol] = String(given).split('/');
  return { number: Number(number), protocol: protocol === 'udp' ? 'udp' : 'tcp' };
}

/** A user who reserves memory wants no limit that nobody gave. */
const completeSize = (given: GivenSidecar, preset: Preset | undefined) => ({
  cpu: given.cpu ?? preset?.cpu,
  memory: given.memory ?? (given.softMemory === undefined ? preset?.memory : undefined),
  softMemory: given.softMemory,
});

function completeCheck(
  { healthCheck: given }: GivenSidecar,
  preset: Preset | undefined,
): HealthCheck | undefined {
  if (given === false) return undefined;
  const { command = preset?.healthCommand, ...times } = given ?? {};
  return command === undefined ? undefined : { ...HEALTH_CHECK_DEFAULTS, ...times, command };
}

function completeWait(given: Named, all: readonly Named[]): Condition | undefined {
  if (given.watcherWaits !== undefined) return given.watcherWaits === false ? undefined : given.watcherWaits;
  return isAfterWatcher(given, all) ? undefined : 'START';
}

/** Whether another one waits for its end. */
const isWaitedFor = (name: string, all: readonly Named[]): boolean =>
  name !== CONTAINER_NAME &&
  all.some(({ dependsOn }) => Object.hasOwn(dependsOn, name) && isOfEnd(dependsOn[name]));

function completeFirelens(
  given: GivenSidecar['firelens'],
  preset: Firelens | undefined,
): Firelens | undefined {
  if (given === undefined) return preset;
  return {
    type: given.type ?? preset?.type ?? 'fluentbit',
    options: { ...preset?.options, ...mapValues(given.options ?? {}, asText) },
    cloudWatch: given.cloudWatch ?? true,
    outputs: (given.outputs ?? []).map((output) => mapValues(output, asText)),
  };
}
