import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { logicalId } from '../../config/logical-ids';
import { CONTAINER_NAME } from '../../config/names';
import {
  ContainerVariable,
  nameInWorker,
  RuntimeVariable,
  WORKER_AWS_VARIABLES,
} from '../../contract/environment';
import {
  ARGUMENTS_MARKER,
  COMMANDS_FOLDER,
  IMAGE_FOLDER,
  PROGRESS_FILE,
  RUNTIME_COMMAND,
  RUNTIME_FILE,
} from '../../contract/image';
import { PROGRESS_COMMAND } from '../../contract/progress';
import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { malformedAt } from './explain';
import { resolveText, UnresolvedError, type Scope } from './intrinsics';
import type { CompiledTemplate } from './stack';

/** The container in which ECS would run the watcher. */
interface ContainerDefinition {
  Name: string;
  Command: string[];
  Environment: { Name: string; Value: unknown }[];
  Secrets?: { Name: string }[];
}

/** The worker's container, from its task definition. */
export function containerOf({ Resources }: CompiledTemplate, worker: string): ContainerDefinition {
  const definitions = Resources[logicalId(worker, 'taskDefinition')]?.Properties?.ContainerDefinitions;
  const container = (definitions as ContainerDefinition[] | undefined)?.find(
    ({ Name }) => Name === CONTAINER_NAME,
  );
  if (container === undefined) throw new Error(`no container for worker "${worker}": this should not happen`);
  return container;
}

/** A variable that could not be worked out on this machine, and why. */
export interface MissingVariable {
  name: string;
  reason: string;
}

type Shell = Readonly<Record<string, string | undefined>>;

/**
 * The environment that ECS would give the container, as far as it can be known on this machine. A variable that
 * cannot be known, such as a secret or a reference to a resource that is only in AWS, is taken from the shell.
 * @throws {UserError} `WATCHBOT_MALFORMED` for functions that CloudFormation would refuse, too
 */
export function containerEnvironment(
  { Environment, Secrets = [] }: ContainerDefinition,
  scope: Scope,
  shell: Shell,
): { variables: Record<string, string>; missing: MissingVariable[] } {
  const variables: Record<string, string> = {};
  const missing: MissingVariable[] = [];
  const problems: Problem[] = [];
  const takeFromShell = (inContainer: string, reason: string) => {
    const name = nameInWorker(inContainer);
    const value = shell[name];
    if (value === undefined) missing.push({ name, reason });
    else variables[inContainer] = value;
  };
  for (const { Name, Value } of Environment) {
    if (isOfAws(Name)) continue;
    try {
      variables[Name] = resolveText(Value, scope);
    } catch (error) {
      const problem = malformedAt(`environment variable ${nameInWorker(Name)}`, error);
      if (problem !== undefined) problems.push(problem);
      else if (error instanceof UnresolvedError) takeFromShell(Name, error.message);
      else throw error;
    }
  }
  if (problems.length > 0) {
    throw UserError.ofMany(
      'WATCHBOT_MALFORMED',
      'The environment has functions of the wrong form:',
      problems,
    );
  }
  for (const { Name } of Secrets) {
    if (!isOfAws(Name)) takeFromShell(Name, 'a secret is not read on this machine');
  }
  return { variables, missing };
}

/** The emulator stands for AWS here: no key and no profile may lead to an account. */
const isOfAws = (inContainer: string) => WORKER_AWS_VARIABLES.includes(nameInWorker(inContainer));

/** The shell without its AWS settings: the SDKs would prefer a profile to the emulator's credentials. */
export function withoutAws(shell: Shell) {
  return Object.fromEntries(Object.entries(shell).filter(([name]) => !name.startsWith('AWS_')));
}

/** Somebody waits after Ctrl-C: workers get less time than ECS gives them. */
const STOP_TIMEOUT_SECONDS = 10;

/**
 * What differs from the container: where AWS is, which folder the worker may write to, and which the watcher empties.
 */
export function localOverrides(machine: {
  endpoint: string;
  /** Of DynamoDB, if the template has tables. */
  tablesEndpoint?: string | undefined;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  scratchFolder: string;
  variables: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { endpoint, tablesEndpoint, region, credentials, scratchFolder, variables } = machine;
  const hasMounts = (variables[ContainerVariable.volumes] ?? '') !== '';
  return {
    // Nothing that a worker does with the AWS SDK on this machine reaches an account by accident.
    AWS_ENDPOINT_URL: endpoint,
    ...(tablesEndpoint === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: tablesEndpoint }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    TMPDIR: scratchFolder,
    [ContainerVariable.stopTimeoutSeconds]: String(STOP_TIMEOUT_SECONDS),
    // Nobody checks the health here, and the watchers of one machine cannot share one socket.
    [ContainerVariable.healthCheck]: 'false',
    // Files in S3 are not read, and the variables for AWS above are the watcher's, too.
    [ContainerVariable.environmentFiles]: 'false',
    // In the container these are mounts of its own; here, `/tmp` is everybody's.
    [ContainerVariable.volumes]: hasMounts ? scratchFolder : '',
  };
}

/** What stands here for what a handler finds in its image. */
export interface LocalHandler {
  /** The folder of its code. */
  folder: string;
  /** The plugin's own client of the Runtime API. */
  runtimeFile: string;
  /** The developer's own Node. */
  nodeProgram: string;
}

/** The container's command, in which files of the image are replaced by those of this machine. */
export function localCommand(
  command: readonly string[],
  { runtimeFile, nodeProgram }: LocalHandler,
): readonly string[] {
  const [node] = RUNTIME_COMMAND;
  return command.map((word, index) => {
    if (word === `${IMAGE_FOLDER}/${RUNTIME_FILE}`) return runtimeFile;
    return word === node && command[index - 1] === ARGUMENTS_MARKER ? nodeProgram : word;
  });
}

export const handlerVariables = ({ folder }: LocalHandler): Record<string, string> => ({
  [RuntimeVariable.taskRoot]: folder,
});

/** Writes the commands that an image has on its workers' PATH, run by the Node that runs this. Gives their folder. */
export async function writeCommands(
  scratchFolder: string,
  layerFolder: string,
  node = process.execPath,
): Promise<string> {
  const folder = path.join(scratchFolder, COMMANDS_FOLDER);
  await mkdir(folder);
  const file = path.join(layerFolder, PROGRESS_FILE);
  const script = `#!/bin/sh\nexec ${quoted(node)} ${quoted(file)} "$@"\n`;
  await writeFile(path.join(folder, PROGRESS_COMMAND), script, { mode: 0o755 });
  return folder;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
