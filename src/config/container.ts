import type { TextOrIntrinsic } from './configuration';

/** What the user gives the worker's container beside what the plugin does. */
export interface Container {
  /** Docker's labels, by name. */
  labels: Readonly<Record<string, TextOrIntrinsic>>;
  /** MiB of `/dev/shm`; undefined: Docker's 64. */
  sharedMemory: number | undefined;
  /** Folders in memory, by path. */
  tmpfs: Readonly<Record<string, MemoryFolder>>;
  /** Linux's capabilities, without `CAP_`. */
  capabilities: { add: readonly string[]; drop: readonly string[] };
  /** Undefined: the image's. So with the next one. */
  user: TextOrIntrinsic | undefined;
  workingDirectory: TextOrIntrinsic | undefined;
  /** Addresses, by the names of hosts. */
  hosts: Readonly<Record<string, TextOrIntrinsic>>;
}

export interface MemoryFolder {
  /** MiB. */
  size: number;
  /** Of the mount. */
  options: readonly string[];
}
