import type { Worker } from '../../config/configuration';
import { readLine } from '../../contract/log-lines';
import { JobResult } from '../../contract/outcomes';

/** A shell says so with 126 or 127, and the watcher of a program that it cannot start. */
const NOT_FOUND = /^(exit code 12[67]\b|cannot run )/;

/**
 * Tells once for each worker what to do if its program is not on this machine: many commands exist only in their image,
 * which is not run here.
 * @param warn text for people
 * @returns what reads each line of the watchers
 */
export function tellNotFound(
  workers: readonly Worker[],
  warn: (text: string) => void,
): (line: string, worker: string) => void {
  const told = new Set<string>();
  return (line, name) => {
    const { outcome } = readLine(line);
    const worker = workers.find((each) => each.name === name);
    if (worker === undefined || told.has(name) || outcome?.result !== JobResult.failure) return;
    if (!NOT_FOUND.test(outcome.reason)) return;
    told.add(name);
    warn(
      `${name}: \`sls watchbot local\` runs ${worker.command === undefined ? 'the entry point' : 'the command'} on this machine, not in the image, ` +
        `and a program of it is not here (${outcome.reason}). Install it here, or name another one for here: ${otherwise(worker)}`,
    );
  };
}

function otherwise({ command }: Worker): string {
  const run = '`PROGRAM=./program sls watchbot local`';
  if (command === undefined)
    return `\`entryPoint: ["\${env:PROGRAM, 'program'}"]\` in serverless.yml, and ${run}`;
  const isPlain = typeof command === 'string' && /^[^'"\n]{1,60}$/.test(command);
  return `\`command: \${env:PROGRAM, '${isPlain ? command : '…'}'}\` in serverless.yml, and ${run}`;
}
