import { accessSync, constants, statfsSync } from 'node:fs';

/** Numbers by which Linux names its file systems: https://man7.org/linux/man-pages/man2/statfs.2.html */
const FileSystem = {
  /** ext2 to ext4. */
  ext: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  overlay: 0x794c7630,
  tmpfs: 0x01021994,
} as const;

export const IN_MEMORY: readonly number[] = [FileSystem.tmpfs];

/** Not over a network, where a server that is gone lets a call wait for ever. */
export const LOCAL: readonly number[] = Object.values(FileSystem);

export function canHoldFiles(folder: string): boolean {
  return isTrue(() => {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  });
}

/** Whether the folder is there, and on one of these file systems. */
export function isOn(fileSystems: readonly number[], folder: string): boolean {
  return isTrue(() => fileSystems.includes(statfsSync(folder).type));
}

function isTrue(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}
