import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder, unless it exists and was made from the same content. Other test files that need it wait meanwhile.
 * @returns what went wrong, or undefined
 */
export function makeOnce(
  folder: string,
  content: Buffer,
  make: () => string | undefined,
): string | undefined {
  const stamp = path.join(folder, 'stamp');
  const wanted = createHash('sha256').update(process.version).update(content).digest('hex');
  const isMade = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isMade()) return undefined;
  mkdirSync(path.dirname(folder), { recursive: true });
  waitForClaim(folder);
  try {
    if (isMade()) return undefined;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const failure = make();
    // The stamp is written last, so that an incomplete folder has none and is made again.
    if (failure === undefined) writeFileSync(stamp, wanted);
    return failure;
  } finally {
    giveUpClaim(folder);
  }
}

const claimOf = (folder: string) => `${folder}.claim`;
const LOOK_AGAIN_MS = 100;

/**
 * Claims a folder for this process: Jest runs test files in parallel processes, and several may need the same folder.
 * The claim of a process that has ended is ignored.
 * @returns whether this process has the claim now
 */
export function claim(folder: string): boolean {
  const file = claimOf(folder);
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    const holder = holderOf(file);
    if (holder === process.pid) return true;
    if (holder !== undefined && !isRunning(holder)) rmSync(file, { force: true });
    // Making a link is atomic: nobody can read a claim that does not name its process yet.
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine);
  }
}

export function giveUpClaim(folder: string): void {
  rmSync(claimOf(folder), { force: true });
}

/** Blocks the process until it has the claim. It cannot be asynchronous, since tests are defined synchronously. */
function waitForClaim(folder: string): void {
  while (!claim(folder)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
}

function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
