import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { own } from './owned.mjs';

const ROOT = '/sys/fs/cgroup';
const BYTES_PER_MIB = 2 ** 20;
const LOOK_EVERY_MS = 20;
/** For what the kernel still has to do for a process that has ended. */
const REMOVE_WITHIN_MS = 5_000;

/**
 * What differs between cgroup v1, with a tree for each controller, and v2, with one for all: https://docs.kernel.org/admin-guide/cgroup-v2.html
 * view: where a container sees the group of its memory
 */
const VERSIONS = {
  v1: {
    isThere: () => ['memory', 'pids'].every((name) => existsSync(`${ROOT}/${name}/cgroup.procs`)),
    prepare: () => {},
    folders: (name) => ({ memory: `${ROOT}/memory/${name}`, pids: `${ROOT}/pids/${name}` }),
    view: `${ROOT}/memory`,
    memoryLimit: 'memory.limit_in_bytes',
    swapLimit: { file: 'memory.memsw.limit_in_bytes', value: (bytes) => bytes },
    kills: 'memory.oom_control',
  },
  v2: {
    isThere: () => {
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

/** Enters the group of memory and that of ids, and then sees the first one as a container sees its own. */
const ENTER = `
  echo $$ >"$1/cgroup.procs" && echo $$ >"$2/cgroup.procs" || exit 1
  memory=$1 view=$3
  shift 3
  exec unshare --mount sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$memory" "$view" "$@"
`;

let count = 0;

/** Why this machine gives no group with a limit of memory and of ids; undefined where it does. */
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

/** A group of processes of its own, as a container has one: who is in it stays in it, wherever else it goes. */
export function createGroup({ memoryMiB } = {}) {
  const version = Object.values(VERSIONS).find(({ isThere }) => isThere());
  if (version === undefined) throw new Error('there are no controllers of memory and of process ids');
  version.prepare();
  const { memory, pids } = version.folders(`watchbot-chaos-${process.pid}-${(count += 1)}`);
  const folders = [...new Set([memory, pids])];
  folders.forEach((folder) => mkdirSync(folder));
  const group = {
    enter: ['/bin/sh', '-c', ENTER, 'sh', memory, pids, version.view],
    members: () => readFileSync(`${pids}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number),
    /** @param most ids of processes and threads, or `max` */
    limitIds: (most) => writeFileSync(`${pids}/pids.max`, String(most)),
    /** How many of its processes the kernel has ended for their memory. */
    memoryKills: () =>
      Number(/^oom_kill (\d+)$/m.exec(readFileSync(`${memory}/${version.kills}`, 'utf8'))[1]),
    /** As the end of a container: all that is in it at once, and nothing new. */
    kill: async () => {
      group.limitIds(0);
      while (group.members().length > 0) {
        group.members().forEach(kill);
        await sleep(LOOK_EVERY_MS);
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
  // Not on every machine; without it memory is not used up but moved to a disk.
  const file = `${folder}/${swapLimit.file}`;
  if (existsSync(file)) writeFileSync(file, String(swapLimit.value(bytes)));
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It may just have ended.
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
      await sleep(LOOK_EVERY_MS);
    }
  }
}
