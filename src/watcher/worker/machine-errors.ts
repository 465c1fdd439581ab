/**
 * Errors by which a process cannot be started or a file not be written, and which are the machine's: another machine, or
 * this one later on, can do the same. All others say something of what was asked for.
 */
const MACHINE_ERRORS: Readonly<Record<string, string>> = {
  EAGAIN: 'the process ids of the container or the user are used up',
  ENOMEM: 'the kernel has no memory for another process',
  EMFILE: 'the watcher or its launcher has as many files open as it may',
  ENFILE: 'the whole machine has',
  ENOSPC: 'the disk is full',
  EDQUOT: "the user's share of the disk is",
  EROFS: 'the disk can only be read: it is so after an error, and no message makes it so',
  EIO: 'the disk is broken',
};

export const MACHINE_ERROR_CODES: readonly string[] = Object.keys(MACHINE_ERRORS);

export const isMachineError = (code: string | undefined): boolean =>
  code !== undefined && Object.hasOwn(MACHINE_ERRORS, code);
