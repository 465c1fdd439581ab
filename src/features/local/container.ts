import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { logicalId } from '../../config/logical-ids';
import { CONTAINER_NAME } from '../../config/names';
import { ContainerVariable, nameInWorker, WORKER_AWS_VARIABLES } from '../../contract/environment';
import { COMMANDS_FOLDER, PROGRESS_FILE } from '../../contract/image';
import { PROGRESS_COMMAND } from '../../contract/progress';
import { resolveText, UnresolvedError, type Scope } from './intrinsics';

/** A compiled template, as the framework wrote it. */
export interface CompiledTemplate {
  Resources: Record<string, TemplateResource | undefined>;
}

interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

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

/** Resources of one type, with their logical ids. */
export function resourcesOf(
  { Resources }: CompiledTemplate,
  type: string,
): [string, Record<string, unknown>][] {
  return Object.entries(Resources).flatMap(([id, resource]) =>
    resource?.Type === type ? [[id, resource.Properties ?? {}] as [string, Record<string, unknown>]] : [],
  );
}

interface LocalEnvironment {
  variables: Record<string, string>;
  /** Variables that could not be worked out here, and why. */
  missing: { name: string; reason: string }[];
}

/**
 * The environment that ECS would give the container, as far as it can be known on this machine. A variable that cannot
 * be, such as a secret or a reference to a resource that is only in AWS, is taken from the shell.
 */
export function containerEnvironment(
  { Environment, Secrets = [] }: ContainerDefinition,
  scope: Scope,
  shell: Readonly<Record<string, string | undefined>>,
): LocalEnvironment {
  const variables: Record<string, string> = {};
  const missing: LocalEnvironment['missing'] = [];
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
      if (!(error instanceof UnresolvedError)) throw error;
      takeFromShell(Name, error.message);
    }
  }
  for (const { Name } of Secrets) {
    if (!isOfAws(Name)) takeFromShell(Name, 'a secret is not read on this machine');
  }
  return { variables, missing };
}

/** On this machine AWS is the emulator, and nobody is to be found in an account by a key or a profile. */
const isOfAws = (inContainer: string) => WORKER_AWS_VARIABLES.includes(nameInWorker(inContainer));

/** Whoever presses Ctrl-C waits: workers get less time than ECS gives them. */
const STOP_TIMEOUT_SECONDS = 10;

/** The shell without its AWS settings: a profile would go before the emulator's credentials. */
export function withoutAws(shell: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(shell).filter(([name]) => !name.startsWith('AWS_')));
}

/** What differs from the container: where AWS is, and which folders are the worker's to write to and the watcher's to empty. */
export function localOverrides(parts: {
  endpoint: string;
  /** Of DynamoDB, where the template has tables. */
  tablesEndpoint?: string | undefined;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  scratchFolder: string;
  variables: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { endpoint, tablesEndpoint, region, credentials, scratchFolder, variables } = parts;
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
    // Nobody asks here, and the watchers of one machine cannot share one socket.
    [ContainerVariable.healthCheck]: 'false',
    // In the container these are mounts of its own; here, `/tmp` is everybody's.
    [ContainerVariable.volumes]: hasMounts ? scratchFolder : '',
  };
}

/** The commands that an image has on its workers' PATH, run by the Node that runs this. Gives their folder. */
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
