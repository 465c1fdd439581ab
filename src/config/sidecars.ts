import {
  sureMemory,
  type Configuration,
  type HealthCheck,
  type Secret,
  type TextOrIntrinsic,
  type Worker,
} from './configuration';
import { factsOf, hasOwnInterface } from './capacity';
import { CONTAINER_NAME } from './names';
import type { PresetName } from './presets';

/** What ECS may wait for: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
export const CONDITIONS = ['START', 'HEALTHY', 'COMPLETE', 'SUCCESS'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Those that wait for the end of a container. */
export const isOfEnd = (condition: Condition | undefined): boolean =>
  condition === 'COMPLETE' || condition === 'SUCCESS';

type PortProtocol = 'tcp' | 'udp';
export interface Port {
  number: number;
  protocol: PortProtocol;
}

/** A container beside that of the watcher. */
export interface Sidecar {
  name: string;
  /** Undefined: it is the user's own. */
  preset: PresetName | undefined;
  /** Undefined: none was given, which a rule refuses. */
  image: TextOrIntrinsic | undefined;
  /** ARN of the secret with which ECS pulls the image. */
  credentials: TextOrIntrinsic | undefined;
  /** Undefined: the image's. So with the next one. */
  entryPoint: readonly TextOrIntrinsic[] | undefined;
  command: readonly TextOrIntrinsic[] | undefined;
  environment: Readonly<Record<string, TextOrIntrinsic>>;
  secrets: Readonly<Record<string, Secret>>;
  /** Where it listens. */
  ports: readonly Port[];
  /** Undefined: what the others leave. */
  cpu: number | undefined;
  /** MiB. */
  memory: number | undefined;
  softMemory: number | undefined;
  /** Undefined: none. Its `command` is there. */
  healthCheck: HealthCheck | undefined;
  essential: boolean;
  /** Whether ECS starts it again in its task when it ends. */
  restart: boolean;
  labels: Readonly<Record<string, TextOrIntrinsic>>;
  user: TextOrIntrinsic | undefined;
  writableFilesystem: boolean;
  /** Seconds; undefined: ECS's 30. */
  stopTimeout: number | undefined;
  /** The volumes of the task that it mounts. */
  mounts: readonly SidecarMount[];
  /** For what it waits of other sidecars, and of the watcher under `CONTAINER_NAME`. */
  dependsOn: Readonly<Record<string, Condition>>;
  /** For what the watcher waits of it; undefined: for nothing. */
  watcherWaits: Condition | undefined;
  /** Whether its log is in the log group of the sidecars. */
  logs: boolean;
  /** Undefined: it is no router of logs. */
  firelens: Firelens | undefined;
}

/** A volume of the worker in a sidecar. */
export interface SidecarMount {
  path: string;
  volume: string;
  readOnly: boolean;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_FirelensConfiguration.html */
export interface Firelens {
  type: 'fluentbit' | 'fluentd';
  options: Readonly<Record<string, TextOrIntrinsic>>;
  /** Whether the worker's log group has the log, too. */
  cloudWatch: boolean;
  outputs: readonly LogOutput[];
}

/** The parameters of an output; `secret` is the name of a variable of the router. */
export type LogOutput = Readonly<Record<string, TextOrIntrinsic | { secret: string }>>;

/** The sidecar that routes the watcher's log. */
export const routerOf = ({
  sidecars,
}: Pick<Worker, 'sidecars'>): (Sidecar & { firelens: Firelens }) | undefined =>
  sidecars.find((sidecar): sidecar is Sidecar & { firelens: Firelens } => sidecar.firelens !== undefined);

/** Whether the lines of jobs come to the worker's log group, where commands and metrics read them. */
export const hasLogGroupLines = (worker: Pick<Worker, 'sidecars'>): boolean =>
  routerOf(worker)?.firelens.cloudWatch !== false;

/** Whether any of them has a log. */
export const hasSidecarLog = ({ sidecars }: Pick<Worker, 'sidecars'>): boolean =>
  sidecars.some(({ logs }) => logs);

/** MiB that ECS keeps for the sidecars. */
export const memoryOfSidecars = ({ sidecars }: Pick<Worker, 'sidecars'>): number =>
  sidecars.reduce((sum, { memory, softMemory }) => sum + (memory ?? softMemory ?? 0), 0);

export const cpuOfSidecars = ({ sidecars }: Pick<Worker, 'sidecars'>): number =>
  sidecars.reduce((sum, { cpu = 0 }) => sum + cpu, 0);

/** MiB that the watcher and its jobs have of the task's; undefined: no limit. */
export const memoryOfWatcher = (worker: Pick<Worker, 'memory' | 'sidecars'>): number | undefined =>
  worker.memory === undefined ? undefined : worker.memory - memoryOfSidecars(worker);

/** MiB that jobs have in any case. */
export const jobMemory = (worker: Worker): number => memoryOfWatcher(worker) ?? sureMemory(worker);

export const cpuOfWatcher = (worker: Pick<Worker, 'cpu' | 'sidecars'>): number =>
  worker.cpu - cpuOfSidecars(worker);

/**
 * Whether the containers of a task share their loopback: with a network interface of their own, or in that of the instance
 * itself. In Docker's network on an instance, each has one of its own, and knows another by a link.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html
 */
export const sharesLoopback = (configuration: Pick<Configuration, 'vpc'>, worker: Worker): boolean =>
  hasOwnInterface(configuration, worker) || factsOf(worker.capacity).sharedNetwork === 'host';

/** The host under which a worker reaches a sidecar. */
export const hostOf = (
  sidecar: Pick<Sidecar, 'name'>,
  configuration: Configuration,
  worker: Worker,
): string => (sharesLoopback(configuration, worker) ? '127.0.0.1' : sidecar.name);

/** Whether a sidecar starts after the watcher, by itself or by others. */
export function isAfterWatcher(
  sidecar: Pick<Sidecar, 'name' | 'dependsOn'>,
  all: readonly Pick<Sidecar, 'name' | 'dependsOn'>[],
  seen: readonly string[] = [],
): boolean {
  if (seen.includes(sidecar.name)) return false;
  const before = Object.keys(sidecar.dependsOn);
  if (before.includes(CONTAINER_NAME)) return true;
  return all.some(
    (other) => before.includes(other.name) && isAfterWatcher(other, all, [...seen, sidecar.name]),
  );
}
