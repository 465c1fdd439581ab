import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { own } from './owned.mjs';

const ROOT = '/sys/fs/cgroup';
const BYTES_PER_MIB = 2 ** 20;
const POLL_MS = 20;
/** How long the kernel may take to clean up after the processes of a group. */
const REMOVE_WITHIN_MS = 5_000;

/**
 * The differences between cgroup v1, which has a tree for each controller, and v2, which has one tree for all.
 * `view` is where a container sees the memory group that it is in.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
const VERSIONS = {
  v1: {
    isAvailable: () => ['memory', 'pids'].every((name) => existsSync(`${ROOT}/${name}/cgroup.procs`)),
    prepare: () => {},
    folders: (name) => ({ memory: `${ROOT}/memory/${name}`, pids: `${ROOT}/pids/${name}` }),
    view: `${ROOT}/memory`,
    memoryLimit: 'memory.limit_in_bytes',
    swapLimit: { file: 'memory.memsw.limit_in_bytes', value: (bytes) => bytes },
    kills: 'memory.oom_control',
  },
  v2: {
    isAvailable: () => {
      const file = `${ROOT}/cgroup.controllers`;
      const names = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : [];
      return ['memory', 'pids'].every((name) => names.includes(name));
    },
    prepare: () => writeFileSync(`${ROOT}/cgroup.subtree_control`, '+memory +pids'),
    folders: (name) => ({ memory: `${ROOT}/${name}`, pids: `${ROOT}/${name}` }),
    view: ROOT,
    memoryLimit: 'memory.max',
    swapLimit: { file: 'memory.swap.max', value: () => 0 },
    kills: 'memory.events',
  },
};

/**
 * Script that enters a memory group and a pids group, mounts the first where a container sees its own, and runs a
 * command.
 */
const ENTER = `
  echo $$ >"$1/cgroup.procs" && echo $$ >"$2/cgroup.procs" || exit 1
  memory=$1 view=$3
  shift 3
  exec unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$memory" "$view" "$@"
`;

let count = 0;

/** @returns why this machine cannot limit the memory and process ids of a group, or undefined if it can */
export function whyNoGroups() {
  let group;
  try {
    group = createGroup();
    const [program, ...words] = group.enter;
    const { status, stderr } = spawnSync(program, [...words, 'true'], { encoding: 'utf8' });
    return status === 0 ? undefined : `no cgroup can be entered: ${stderr.trim()}`;
  } catch (error) {
    return `no cgroup can be made: ${error.message}`;
  } finally {
    group?.dispose().catch(() => {});
  }
}

/** Makes a group of processes, as each container has one. A process stays in its group, even in another session. */
export function createGroup({ memoryMiB } = {}) {
  const version = Object.values(VERSIONS).find(({ isAvailable }) => isAvailable());
  if (version === undefined) throw new Error('there are no controllers of memory and of process ids');
  version.prepare();
  const { memory, pids } = version.folders(`watchbot-chaos-${process.pid}-${(count += 1)}`);
  const folders = [...new Set([memory, pids])];
  folders.forEach((folder) => mkdirSync(folder));
  const group = {
    enter: ['/bin/sh', '-c', ENTER, 'sh', memory, pids, version.view],
    members: () => readFileSync(`${pids}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number),
    /** @param most number of processes and threads, or `max` for no limit */
    limitIds: (most) => writeFileSync(`${pids}/pids.max`, String(most)),
    /** Number of processes of the group that the kernel has killed for lack of memory. */
    memoryKills: () =>
      Number(/^oom_kill (\d+)$/m.exec(readFileSync(`${memory}/${version.kills}`, 'utf8'))[1]),
    /** Kills everything in the group, and lets nothing new start, as at the end of a container. */
    kill: async () => {
      group.limitIds(0);
      while (group.members().length > 0) {
        group.members().forEach(kill);
        await sleep(POLL_MS);
      }
    },
  };
  group.dispose = own(async () => {
    await group.kill();
    for (const folder of folders) await remove(folder);
  });
  if (memoryMiB !== undefined) limitMemory(memory, version, memoryMiB * BYTES_PER_MIB);
  return group;
}

function limitMemory(folder, { memoryLimit, swapLimit }, bytes) {
  writeFileSync(`${folder}/${memoryLimit}`, String(bytes));
  // Some machines have no limit of swap. Without it, memory that is used up would be swapped to a disk.
  const file = `${folder}/${swapLimit.file}`;
  if (existsSync(file)) writeFileSync(file, String(swapLimit.value(bytes)));
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // The process may just have ended.
    if (error.code !== 'ESRCH') throw error;
  }
}

async function remove(folder) {
  const untilMs = performance.now() + REMOVE_WITHIN_MS;
  for (;;) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      if (error.code !== 'EBUSY' || performance.now() > untilMs) throw error;
      await sleep(POLL_MS);
    }
  }
}
