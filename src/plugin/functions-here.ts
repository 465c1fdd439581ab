import { findLocalRun, type LocalRunRecord } from '../features/stack/local-run';
import type { Serverless } from './framework';

/** The framework's own, and serverless-offline's with all that follows the word: commands that run functions on this machine. */
const COMMANDS = [['invoke', 'local'], ['offline']] as const;

/**
 * What `${watchbot:…}` is to functions that run on this machine: text, since references are resolved by CloudFormation only.
 * @returns undefined if the command deploys, or asks about what is deployed
 */
export async function functionsHere({
  processedInput,
  serviceDir,
}: Pick<Serverless, 'processedInput' | 'serviceDir'>): Promise<FunctionsHere | undefined> {
  const { commands } = processedInput;
  const isHere = COMMANDS.some((words) => words.every((word, index) => commands[index] === word));
  return isHere ? { run: await findLocalRun(serviceDir) } : undefined;
}

export interface FunctionsHere {
  run: LocalRunRecord | undefined;
}

/** A clear word where there is nothing, since a function may never use it: whoever does reads it in the client's error. */
export function valueHere({ run }: FunctionsHere, worker: string, name: string): string {
  if (run === undefined) return 'sls-watchbot-local-is-not-running';
  return run.references[worker]?.[name] ?? 'unknown-to-sls-watchbot-local';
}
