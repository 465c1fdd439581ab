import type { StopSignal } from '../contract/environment';
import type { Secret, TextOrIntrinsic } from './configuration';
import type { UlimitName } from './limits';

/** What the user gives the worker's container beside what the plugin does. */
export interface Container {
  /** Docker's labels, by name. */
  labels: Readonly<Record<string, TextOrIntrinsic>>;
  ulimits: Readonly<Partial<Record<UlimitName, Ulimit>>>;
  /** MiB of `/dev/shm`; undefined: Docker's 64. */
  sharedMemory: number | undefined;
  /** Folders in memory, by path. */
  tmpfs: Readonly<Record<string, MemoryFolder>>;
  /** Linux's capabilities, without `CAP_`. */
  capabilities: { add: readonly string[]; drop: readonly string[] };
  /** Undefined: the image's. So with the next one. */
  user: TextOrIntrinsic | undefined;
  workingDirectory: TextOrIntrinsic | undefined;
  /** ARNs of files of variables in S3. Variables of local files are in the worker's environment. */
  environmentFiles: readonly TextOrIntrinsic[];
  /** Tells workers to end. */
  stopSignal: StopSignal;
  /** Undefined: CloudWatch, in the worker's log group. */
  log: LogDriver | undefined;
  /** Addresses, by the names of hosts. */
  hosts: Readonly<Record<string, TextOrIntrinsic>>;
}

export interface LogDriver {
  driver: string;
  options: Readonly<Record<string, TextOrIntrinsic>>;
  /** Options whose values ECS reads when a task starts. */
  secretOptions: Readonly<Record<string, Secret>>;
}

/** Whether its lines come to its log group: what counts jobs reads them there. */
export const isLogInCloudWatch = ({ container: { log } }: { container: Container }): boolean =>
  log === undefined || log.driver === CLOUDWATCH_DRIVER;

export const CLOUDWATCH_DRIVER = 'awslogs';

/** -1: none. */
interface Ulimit {
  soft: number;
  hard: number;
}

interface MemoryFolder {
  /** MiB. */
  size: number;
  /** Of the mount. */
  options: readonly string[];
}
