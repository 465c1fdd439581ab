import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ContainerVariable } from '../../src/contract/environment';
import { type Engine, findEngine } from '../../src/image/engine/engine';
import { commandRunner } from '../../src/image/engine/run-command';
import { npmSettings } from '../../src/image/externals/npm-settings';
import { readPackagedImages, type PackagedImage } from '../../src/image/package-folder';
import { startContainerTools, type ContainerTools } from './container-tools';
import { REGION, startTestEmulator, type TestEmulator, type TestQueue } from './emulator';
import { readTemplate, removeServices, runFramework } from './framework';
import {
  copyImageServiceTo,
  endProcesses,
  installPluginIn,
  pullImage,
  runInContainer,
  type RunningProcess,
} from './image-service';

/** Timeout for tests that build images. */
export const BUILD_MS = 120_000;

let tools: ContainerTools;
let engine: Engine;
let emulator: TestEmulator;

/** Gives tests of images container tools and an emulator for the whole file, and ends processes after each test. */
export function useImageBed({ prepare }: { prepare: (tools: ContainerTools) => void }) {
  beforeAll(async () => {
    tools = await startContainerTools();
    emulator = await startTestEmulator();
    engine = await findEngine({
      configured: 'buildah',
      run: commandRunner({ environment: tools.environment }),
    });
    prepare(tools);
  }, BUILD_MS);
  afterEach(endProcesses);
  afterAll(async () => {
    await emulator.stop();
    await tools.stop();
    removeServices();
  });
  return {
    get tools() {
      return tools;
    },
    get emulator() {
      return emulator;
    },
  };
}

/** Makes a service of `test/fixtures/images`, with the files that its Dockerfile copies. */
export function makeService(name: string): string {
  const folder = mkdtempSync(path.join(tools.folder, `${name}-`));
  copyImageServiceTo(name, folder);
  return folder;
}

/** Makes a service from files, given by path. */
export function writeService(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tools.folder, 'service-'));
  for (const [name, text] of Object.entries({ '.dockerignore': '', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  installPluginIn(folder);
  return folder;
}

export async function packageService(folder: string): Promise<PackagedImage> {
  const { code, output } = await runFramework('osls', ['package'], { folder });
  if (code !== 0) throw new Error(output);
  const [image] = await readPackagedImages(path.join(folder, '.serverless'));
  return image!;
}

export const referenceOf = ({ repository, tag }: PackagedImage) => `${tools.registry}/${repository}:${tag}`;

/** By gzip, which is quicker, unless zstd is what is tested. */
export async function buildAndPush(
  folder: string,
  image: PackagedImage,
  { byZstd = false } = {},
): Promise<string[]> {
  const zstd = byZstd ? await zstdOfEngine() : undefined;
  const output: string[] = [];
  const report = (line: string) => void output.push(line);
  const reference = referenceOf(image);
  const surroundings = { environment: {}, homeFolder: tools.folder, execPath: '/none/bin/node' };
  await engine.build(image, {
    packageFolder: path.join(folder, '.serverless'),
    reference,
    report,
    npmSettings: () => npmSettings(folder, surroundings),
    zstd,
  });
  await engine.push(reference, { report, zstd });
  return output;
}

async function zstdOfEngine() {
  const zstd = await engine.zstd();
  if ('whyNot' in zstd) throw new Error(zstd.whyNot);
  return zstd;
}

interface Container {
  EntryPoint: string[];
  Command: string[];
  Environment: { Name: string; Value: unknown }[];
  HealthCheck: { Command: string[] };
  MountPoints?: { ContainerPath: string; ReadOnly: boolean }[];
  ReadonlyRootFilesystem: boolean;
}

/** The container of the packaged task definition, and its variables, with the queue of the test. */
export function containerOf(folder: string, queue: TestQueue) {
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

interface Manifest {
  config: { digest: string };
  layers: { digest: string; mediaType: string }[];
}

export interface PushedImage {
  manifest: Manifest;
  architecture: string;
  config: {
    Env?: string[];
    User?: string;
    WorkingDir?: string;
    StopSignal?: string;
    Entrypoint?: string[];
    Cmd?: string[] | null;
    Volumes?: Record<string, object>;
  };
}

/** Reads the image from the registry. */
export async function pushedImage({ repository, tag }: PackagedImage): Promise<PushedImage> {
  const read = async (what: string) => {
    const url = `http://${tools.registry}/v2/${repository}/${what}`;
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const answer = await fetch(url, { headers: { accept } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  };
  const manifest = (await read(`manifests/${tag}`)) as Manifest;
  const image = (await read(`blobs/${manifest.config.digest}`)) as Omit<PushedImage, 'manifest'>;
  return { ...image, manifest };
}

/** Mounts the image from the registry. @returns the folder with its files */
export function filesOf(image: PackagedImage): string {
  const platform = image.architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  const args = ['--platform', platform, '--pull-always', '--tls-verify=false', referenceOf(image)];
  return tools.buildah('mount', tools.buildah('from', ...args));
}

/** Makes a container from the image in the registry. @returns its name */
export const pull = (image: PackagedImage): string => pullImage(tools, referenceOf(image));

/** Runs a command as the image's user, which the plugin's layer does not change. */
export const runIn = (
  container: string,
  command: readonly string[],
  variables: Record<string, string>,
): RunningProcess => runInContainer(tools, container, { command, variables });
