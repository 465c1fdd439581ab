import type { StopSignal } from '../contract/environment';
import type { TextOrIntrinsic } from './configuration';
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
  /** Addresses, by the names of hosts. */
  hosts: Readonly<Record<string, TextOrIntrinsic>>;
}

/** -1: none. */
export interface Ulimit {
  soft: number;
  hard: number;
}

export interface MemoryFolder {
  /** MiB. */
  size: number;
  /** Of the mount. */
  options: readonly string[];
}
