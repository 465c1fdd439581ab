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

/** The frameworks that the plugin is for, as they are run. */
export const FRAMEWORKS = {
  osls: path.join(ROOT, 'node_modules/osls/bin/serverless.js'),
  serverless: path.join(ROOT, 'node_modules/serverless/bin/serverless.js'),
} as const;
export type Framework = keyof typeof FRAMEWORKS;
export const FRAMEWORK_NAMES = Object.keys(FRAMEWORKS) as Framework[];

/** There `npm ci` removes it, and git does not see it. The framework names each file by a hash of what is in it. */
const SCHEMA_CACHE = path.join(ROOT, 'node_modules/.cache/watchbot-framework');

const folders: string[] = [];

function newFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `watchbot-${name}-`));
  folders.push(folder);
  return folder;
}

let homeFolder: string | undefined;
const home = () => (homeFolder ??= newFolder('home'));

/** A copy of a fixture in a folder of its own, with the plugin installed as a user has it. */
export function copyService(name: string): string {
  const folder = newFolder(name);
  copyServiceTo(name, folder);
  return folder;
}

/** The same, of one that users are shown. */
export function copyExample(name: string): string {
  const folder = newFolder(name);
  copyWithPlugin(path.join(ROOT, 'examples', name), folder);
  return folder;
}

export function copyServiceTo(name: string, folder: string): void {
  copyWithPlugin(path.join(SERVICES, name), folder);
}

/** A folder with nothing but the plugin. */
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

/** For `afterAll`. */
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

/** For `endFrameworks`. */
export function endsWithTest(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/** What a shell would start for a command of the framework. */
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
      // The framework keeps notes there: not in the service, where they would become a part of its image.
      HOME: environment.HOME ?? home(),
      // It takes four seconds to compile the schema of a serverless.yml.
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

/** A command of the framework, as a user runs it. */
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

/** The same to its end, in a process in which others have run: for the many that need no process of their own. */
export function runFramework(
  framework: Framework,
  args: readonly string[],
  { folder, environment = {}, input }: FrameworkOptions,
): Promise<FrameworkResult> {
  const { env } = frameworkCommand(framework, args, { folder, environment });
  // Options of Node are those of a process.
  if (environment.NODE_OPTIONS !== undefined) {
    return startFramework(framework, args, { folder, environment, ...(input === undefined ? {} : { input }) })
      .ended;
  }
  return runWarm(FRAMEWORKS[framework], { args, folder, environment: env, input });
}

/**
 * For `afterEach`: a failed test leaves nothing running. What a command has started goes with it: esbuild, whose service
 * lives on while it watches where its parent is killed before it has answered, would hold the output open.
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
