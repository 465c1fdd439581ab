/**
 * Errors by which a process cannot be started or a file not be written, and which are the machine's: another machine, or
 * this one later on, can do the same. All others say something of what was asked for.
 */
export const MACHINE_ERROR_CODES: readonly string[] = [
  // The process ids of the container or the user are used up.
  'EAGAIN',
  // The kernel has no memory for another process.
  'ENOMEM',
  // The watcher or its launcher has as many files open as it may; or the whole machine.
  'EMFILE',
  'ENFILE',
  // The disk is full, or the user's share of it.
  'ENOSPC',
  'EDQUOT',
  // The disk can only be read: it is so after an error, and no message makes it so.
  'EROFS',
  // The disk is broken.
  'EIO',
];

export const isMachineError = (code: string | undefined): boolean =>
  code !== undefined && MACHINE_ERROR_CODES.includes(code);
