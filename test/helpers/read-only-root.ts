import { statSync } from 'node:fs';
import path from 'node:path';
import { startProcess, type RunningProcess } from './image-service';
import type { ContainerTools } from './container-tools';

interface ImageConfiguration {
  User?: string;
  WorkingDir?: string;
  Env?: string[];
  Volumes?: Record<string, object> | null;
}

/**
 * Mounts what ECS mounts before it starts a container, in a new mount namespace. Only `/dev`, which is in memory, and
 * the volumes are writable. Programs are called by their paths, since the environment is that of the image.
 */
const SCRIPT = `
set -e
root=$1 folder=$2 user=$3 group=$4 count=$5
shift 5
/usr/bin/mount --bind "$root" "$root"
/usr/bin/mkdir -p "$root/proc" "$root/dev"
/usr/bin/mount -t proc proc "$root/proc"
/usr/bin/mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero random urandom; do
  : >"$root/dev/$device"
  /usr/bin/mount --bind "/dev/$device" "$root/dev/$device"
done
/usr/bin/mkdir -m 1777 "$root/dev/shm"
while [ "$count" -gt 0 ]; do
  /usr/bin/mkdir -p "$root$1"
  /usr/bin/mount -t tmpfs -o "$2" volume "$root$1"
  shift 2
  count=$((count - 1))
done
/usr/bin/mount -o remount,bind,ro "$root"
exec /usr/bin/unshare --root="$root" --wd="$folder" --setgid="$group" --setuid="$user" -- "$@"
`;

/**
 * Runs a container with a read-only root, and with the folders as volumes of the owner and mode that ECS gives them.
 */
export function runReadOnly(
  tools: ContainerTools,
  container: string,
  given: { command: readonly string[]; variables: Record<string, string>; folders: string[]; user?: string },
): RunningProcess {
  const root = tools.buildah('mount', container);
  const { OCIv1 } = JSON.parse(tools.buildah('inspect', container)) as {
    OCIv1: { config: ImageConfiguration };
  };
  const { User = '', WorkingDir, Env = [], Volumes } = OCIv1.config;
  const [user = '0', group = '0'] = (given.user ?? User).split(':').filter((part) => part !== '');
  const volumes = given.folders.flatMap((folder) => {
    const isVolume = Object.hasOwn(Volumes ?? {}, folder);
    return [folder, isVolume ? ownerAndMode(path.join(root, folder)) : 'mode=755'];
  });
  const image = Object.fromEntries(Env.map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const numbers = [user, group, String(given.folders.length)];
  const positional = [root, WorkingDir || '/', ...numbers, ...volumes, ...given.command];
  return startProcess(
    '/usr/bin/unshare',
    ['--mount', '--propagation', 'private', '/bin/sh', '-c', SCRIPT, 'sh', ...positional],
    // Container runtimes set HOME to this for a user without an entry in /etc/passwd.
    { HOME: '/', ...image, ...given.variables },
  );
}

function ownerAndMode(folder: string): string {
  const { uid, gid, mode } = statSync(folder);
  return `uid=${uid},gid=${gid},mode=${(mode & 0o7777).toString(8)}`;
}
