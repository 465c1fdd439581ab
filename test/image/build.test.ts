import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Engine } from '../../src/image/engine/engine';
import { findEngine } from '../../src/image/engine/find-engine';
import { commandRunner } from '../../src/image/engine/run-command';
import { readPackagedImages, type PackagedImage } from '../../src/image/packaged-images';
import { ContainerVariable } from '../../src/contract/environment';
import {
  describeWithBuildah,
  makeBusybox,
  makeMuslFiles,
  makeNodeImage,
  makePythonTree,
  startContainerTools,
  type ContainerTools,
} from '../helpers/container-tools';
import {
  createTestQueue,
  REGION,
  startTestEmulator,
  type TestEmulator,
  type TestQueue,
} from '../helpers/emulator';
import { readTemplate, removeServices, ROOT, runFramework } from '../helpers/framework';
import { collectLines, type Lines } from '../helpers/lines';

const FIXTURES = path.join(ROOT, 'test/fixtures/images');
const BUILD_MS = 120_000;

let tools: ContainerTools;
let engine: Engine;
let emulator: TestEmulator;
const running = new Set<ChildProcess>();

/** A service whose Dockerfile has what it copies beside it. */
function makeService(name: string): string {
  const folder = mkdtempSync(path.join(tools.folder, `${name}-`));
  cpSync(path.join(FIXTURES, name), folder, { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(ROOT, path.join(folder, 'node_modules/serverless-watchbot'));
  appendFileSync(path.join(folder, '.dockerignore'), 'node_modules\nserverless.yml\n');
  if (name === 'busybox') makeBusybox(folder);
  if (name === 'python') makePythonTree(path.join(folder, 'tree'));
  if (name === 'musl') makeMuslFiles(folder);
  return folder;
}

async function packageService(folder: string): Promise<PackagedImage> {
  const { code, output } = await runFramework('osls', ['package'], { folder });
  if (code !== 0) throw new Error(output);
  const [image] = await readPackagedImages(path.join(folder, '.serverless'));
  return image!;
}

const referenceOf = ({ repository, tag }: PackagedImage) => `${tools.registry}/${repository}:${tag}`;

async function buildAndPush(folder: string, image: PackagedImage): Promise<string[]> {
  const output: string[] = [];
  const report = (line: string) => void output.push(line);
  const reference = referenceOf(image);
  await engine.build(image, { packageFolder: path.join(folder, '.serverless'), reference, report });
  await engine.push(reference, { report });
  return output;
}

interface Container {
  EntryPoint: string[];
  Command: string[];
  Environment: { Name: string; Value: unknown }[];
  HealthCheck: { Command: string[] };
}

/** The container of the packaged task definition, with the queue of the test. */
function containerOf(folder: string, queue: TestQueue) {
  const { template } = readTemplate(folder);
  const [container] = template.Resources.WatchbotTask!.Properties.ContainerDefinitions as [Container];
  const variables = Object.fromEntries(
    container.Environment.map(({ Name, Value }) => [Name, typeof Value === 'string' ? Value : 'in AWS']),
  );
  return {
    container,
    variables: {
      ...variables,
      [ContainerVariable.queueUrl]: queue.url,
      [ContainerVariable.healthCheck]: `watchbot-${process.pid}-${path.basename(folder)}`,
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  };
}

/** A container of the image as the registry has it. */
function pull(image: PackagedImage): string {
  return tools.buildah('from', '--pull-always', '--tls-verify=false', referenceOf(image));
}

function start(program: string, args: readonly string[]): Lines & { process: ChildProcess } {
  const child = spawn(program, args, { env: tools.environment, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('close', () => running.delete(child));
  const lines = collectLines();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', lines.add);
  return { ...lines, process: child };
}

/** As the image's own user, which the plugin's layer leaves as it is. */
function runIn(name: string, command: readonly string[], variables: Record<string, string>) {
  const environment = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  return start('buildah', ['run', '--isolation', 'chroot', ...environment, name, '--', ...command]);
}

async function stop({ process: child }: { process: ChildProcess }): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGINT');
  await ended;
}

describeWithBuildah('an image, built by buildah and run from a registry', () => {
  beforeAll(async () => {
    tools = await startContainerTools();
    emulator = await startTestEmulator();
    engine = await findEngine({
      configured: 'buildah',
      run: commandRunner({ environment: tools.environment }),
    });
    makeNodeImage(tools);
  }, BUILD_MS);

  afterEach(async () => {
    await Promise.all([...running].map((child) => (child.kill('SIGKILL'), once(child, 'close'))));
  });

  afterAll(async () => {
    await emulator.stop();
    await tools.stop();
    removeServices();
  });

  it.each([
    { name: 'busybox', says: 'hello one, I am 1000, preloads: none' },
    { name: 'python', says: 'python got one as 1000, OpenSSL' },
    { name: 'musl', says: 'musl got one as 65534' },
  ])(
    'works on $name as the user of the image, with the entry point of the task definition',
    async ({ name, says }) => {
      const folder = makeService(name);
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      const queue = await createTestQueue(emulator);
      const { container, variables } = containerOf(folder, queue);
      const instance = pull(image);
      const watcher = runIn(instance, [...container.EntryPoint, ...container.Command], variables);
      await queue.send('one');
      expect(await watcher.find(says)).toContain(says);
      await expect(queue.counts()).resolves.toMatchObject({ dead: 0 });
      const health = runIn(instance, container.HealthCheck.Command.slice(1), variables);
      await expect(once(health.process, 'close')).resolves.toEqual([0, null]);
      await stop(watcher);
    },
    BUILD_MS,
  );

  it(
    'is put over an image that is there',
    async () => {
      const folder = makeService('musl');
      const built = await packageService(folder);
      await buildAndPush(folder, built);
      const image: PackagedImage = {
        ...built,
        repository: 'over/another',
        tag: 'v1',
        base: { kind: 'uri', uri: referenceOf(built) },
      };
      await buildAndPush(folder, image);
      const queue = await createTestQueue(emulator);
      const { container, variables } = containerOf(folder, queue);
      const watcher = runIn(pull(image), [...container.EntryPoint, ...container.Command], variables);
      await queue.send('two');
      await watcher.find('musl got two as 65534');
      await stop(watcher);
    },
    BUILD_MS,
  );

  it(
    'that cannot be built says what the engine said, and the command',
    async () => {
      const folder = makeService('busybox');
      const image = await packageService(folder);
      const broken = {
        ...image,
        base: { ...image.base, buildArgs: { BUSYBOX: 'nothing' } },
      } as PackagedImage;
      const building = buildAndPush(folder, broken);
      await expect(building).rejects.toMatchObject({ code: 'WATCHBOT_BUILD' });
      await expect(building).rejects.toThrow(/given: {3}buildah build [^]*BUSYBOX=nothing[^]*no such file/);
    },
    BUILD_MS,
  );
});
