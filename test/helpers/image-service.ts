import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  makeBusybox,
  makeMuslFiles,
  makePythonTree,
  NODE_STAND_IN,
  type ContainerTools,
} from './container-tools';
import { ROOT } from './framework';
import { collectLines, type Lines } from './lines';

/** Copies a service of `test/fixtures/images`, with the files that its Dockerfile copies, and installs the plugin. */
export function copyImageServiceTo(name: string, folder: string): void {
  cpSync(path.join(ROOT, 'test/fixtures/images', name), folder, { recursive: true });
  installPluginIn(folder);
  if (name === 'busybox') makeBusybox(folder);
  if (name === 'python') makePythonTree(path.join(folder, 'tree'));
  if (name === 'musl') makeMuslFiles(folder);
}

/** Installs the plugin outside of the build context, and replaces Node's image by the stand-in. */
export function installPluginIn(folder: string): void {
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/serverless-watchbot'));
  appendFileSync(path.join(folder, '.dockerignore'), '\nnode_modules\nserverless.yml\n');
  const file = path.join(folder, 'serverless.yml');
  const build = `build: { nodeImage: '${NODE_STAND_IN}' }`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/^watchbot:(\n *| *\{)/m, (head, opening: string) =>
      opening.includes('{') ? `${head} ${build}, ` : `watchbot:\n  ${build}${opening}`,
    ),
  );
}

export interface RunningProcess extends Lines {
  process: ChildProcess;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Makes a container from an image in the registry. @returns its name */
export function pullImage(tools: ContainerTools, reference: string): string {
  return tools.buildah('from', '--pull-always', '--tls-verify=false', reference);
}

/** Runs a command in a container as the image's user. */
export function runInContainer(
  tools: ContainerTools,
  container: string,
  { command, variables }: { command: readonly string[]; variables: Readonly<Record<string, string>> },
): RunningProcess {
  const environment = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const args = ['run', '--isolation', 'chroot', ...environment, container, '--', ...command];
  return startProcess('buildah', args, tools.environment);
}

/** Starts a process that `endProcesses` will kill. */
export function startProcess(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): RunningProcess {
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const ended = once(child, 'close').then(() => void running.delete(child));
  const lines = collectLines();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', lines.add);
  return {
    ...lines,
    process: child,
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Kills all processes that are still running. Call it in `afterEach`. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...running].map((child) => (child.kill('SIGKILL'), once(child, 'close'))));
}
