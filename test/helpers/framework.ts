import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { collectLines, type Lines } from './lines';
import { killTree } from './processes';
import { endBusyHosts, runWarm, type FrameworkResult } from './warm-framework';

export const ROOT = path.resolve(__dirname, '../..');
export const SERVICES = path.resolve(__dirname, '../fixtures/services');

/** The program of each framework that the plugin supports. */
export const FRAMEWORKS = {
  osls: path.join(ROOT, 'node_modules/osls/bin/serverless.js'),
  serverless: path.join(ROOT, 'node_modules/serverless/bin/serverless.js'),
} as const;
export type Framework = keyof typeof FRAMEWORKS;
export const FRAMEWORK_NAMES = Object.keys(FRAMEWORKS) as Framework[];

/**
 * Where the framework caches its compiled schema. It names each file by a hash. `npm ci` removes it, and git ignores
 * it.
 */
const SCHEMA_CACHE = path.join(ROOT, 'node_modules/.cache/watchbot-framework');

const folders: string[] = [];

function newFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `watchbot-${name}-`));
  folders.push(folder);
  return folder;
}

let homeFolder: string | undefined;
const home = () => (homeFolder ??= newFolder('home'));

/** Copies a fixture to a new folder, with the plugin installed as for a user. */
export function copyService(name: string): string {
  const folder = newFolder(name);
  copyServiceTo(name, folder);
  return folder;
}

/** Does the same with one of the examples for users. */
export function copyExample(name: string): string {
  const folder = newFolder(name);
  copyWithPlugin(path.join(ROOT, 'examples', name), folder);
  return folder;
}

export function copyServiceTo(name: string, folder: string): void {
  copyWithPlugin(path.join(SERVICES, name), folder);
}

/** Makes a new folder with nothing but the plugin. */
export function emptyService(name: string): string {
  const folder = newFolder(name);
  installPlugin(folder);
  return folder;
}

function copyWithPlugin(source: string, folder: string): void {
  cpSync(source, folder, { recursive: true });
  installPlugin(folder);
}

function installPlugin(folder: string): void {
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/serverless-watchbot'));
}

/** Removes all services and the home folder. Call it in `afterAll`. */
export function removeServices(): void {
  homeFolder = undefined;
  folders.splice(0).forEach((folder) => {
    rmSync(folder, { recursive: true, force: true });
  });
}

export interface FrameworkRun extends Lines {
  process: ChildProcess;
  ended: Promise<FrameworkResult>;
}

const running = new Set<ChildProcess>();

/** Has `endFrameworks` kill the process, too. */
export function endsWithTest(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/** Program, arguments and environment of a command of the framework. */
export function frameworkCommand(
  framework: Framework,
  args: readonly string[],
  { environment = {} }: { folder: string; environment?: Record<string, string | undefined> },
) {
  return {
    program: process.execPath,
    args: [FRAMEWORKS[framework], ...args],
    env: {
      PATH: process.env.PATH,
      // The framework writes files to its home. In the service's folder they would become part of the image.
      HOME: environment.HOME ?? home(),
      // Compiling the schema of serverless.yml takes four seconds.
      SLS_SCHEMA_CACHE_BASE_DIR: SCHEMA_CACHE,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_INTERACTIVE_SETUP_ENABLE: '0',
      CI: '1',
      ...environment,
    },
  };
}

interface FrameworkOptions {
  folder: string;
  environment?: Record<string, string | undefined>;
  input?: string;
}

/** Starts a command of the framework, as a user does. */
export function startFramework(
  framework: Framework,
  args: readonly string[],
  { folder, environment = {}, input }: FrameworkOptions,
): FrameworkRun {
  const command = frameworkCommand(framework, args, { folder, environment });
  const child = spawn(command.program, command.args, {
    cwd: folder,
    env: command.env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.stdin?.end(input);
  const lines = collectLines();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', lines.add);
  }
  const ended = once(child, 'close').then((args) => {
    running.delete(child);
    const [code, signal] = args as [number | null, string | null];
    return { code: code ?? signal ?? '', output: lines.all.join('\n') };
  });
  return { ...lines, process: child, ended };
}

/** Runs a command to its end, in a process that has run other commands: most tests need no new process. */
export function runFramework(
  framework: Framework,
  args: readonly string[],
  { folder, environment = {}, input }: FrameworkOptions,
): Promise<FrameworkResult> {
  const { env } = frameworkCommand(framework, args, { folder, environment });
  // Options of Node need a new process.
  if (environment.NODE_OPTIONS !== undefined) {
    return startFramework(framework, args, { folder, environment, ...(input === undefined ? {} : { input }) })
      .ended;
  }
  return runWarm(FRAMEWORKS[framework], { args, folder, environment: env, input });
}

/**
 * Kills all running commands and what they have started, so that a failed test leaves nothing running. Call it in
 * `afterEach`. esbuild's service, for one, can outlive its parent, and would hold the output open.
 */
export async function endFrameworks(): Promise<void> {
  await Promise.all([
    endBusyHosts(),
    ...[...running].map(async (child) => {
      const ended = once(child, 'close');
      killTree(child.pid!);
      await ended;
    }),
  ]);
}

export interface TemplateResource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: unknown;
  DeletionPolicy?: string;
}

export interface PackagedTemplate {
  Parameters?: Record<string, { Default?: string }>;
  Resources: Record<string, TemplateResource>;
  Outputs: Record<string, { Value: unknown }>;
}

export const templateFile = (folder: string): string =>
  path.join(folder, '.serverless/cloudformation-template-update-stack.json');

export function readTemplate(folder: string): { text: string; template: PackagedTemplate } {
  const text = readFileSync(templateFile(folder), 'utf8');
  return { text, template: JSON.parse(text) as PackagedTemplate };
}
