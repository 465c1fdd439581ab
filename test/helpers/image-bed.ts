import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ContainerVariable } from '../../src/contract/environment';
import type { Engine } from '../../src/image/engine/engine';
import { findEngine } from '../../src/image/engine/find-engine';
import { commandRunner } from '../../src/image/engine/run-command';
import { npmSettings } from '../../src/image/externals/npm-settings';
import { readPackagedImages, type PackagedImage } from '../../src/image/packaged-images';
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

/** For what builds images. */
export const BUILD_MS = 120_000;

let tools: ContainerTools;
let engine: Engine;
let emulator: TestEmulator;

/** What tests of images stand on: tools and an emulator for all of the file, and processes that end with each test. */
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

/** A service whose Dockerfile has what it copies beside it. */
export function makeService(name: string): string {
  const folder = mkdtempSync(path.join(tools.folder, `${name}-`));
  copyImageServiceTo(name, folder);
  return folder;
}

/** A service of the files given, by path. */
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

export async function buildAndPush(folder: string, image: PackagedImage): Promise<string[]> {
  const output: string[] = [];
  const report = (line: string) => void output.push(line);
  const reference = referenceOf(image);
  const surroundings = { environment: {}, homeFolder: tools.folder, execPath: '/none/bin/node' };
  await engine.build(image, {
    packageFolder: path.join(folder, '.serverless'),
    reference,
    report,
    npmSettings: () => npmSettings(folder, surroundings),
  });
  await engine.push(reference, { report });
  return output;
}

interface Container {
  EntryPoint: string[];
  Command: string[];
  Environment: { Name: string; Value: unknown }[];
  HealthCheck: { Command: string[] };
  MountPoints?: { ContainerPath: string; ReadOnly: boolean }[];
  ReadonlyRootFilesystem: boolean;
}

/** The container of the packaged task definition, with the queue of the test. */
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
  layers: { digest: string }[];
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

/** What the registry has under the image's name. */
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

/** The folder in which the files of the image are, as the registry has it. */
export function filesOf(image: PackagedImage): string {
  const platform = image.architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  const args = ['--platform', platform, '--pull-always', '--tls-verify=false', referenceOf(image)];
  return tools.buildah('mount', tools.buildah('from', ...args));
}

/** A container of the image as the registry has it. */
export const pull = (image: PackagedImage): string => pullImage(tools, referenceOf(image));

/** As the image's own user, which the plugin's layer leaves as it is. */
export const runIn = (
  container: string,
  command: readonly string[],
  variables: Record<string, string>,
): RunningProcess => runInContainer(tools, container, { command, variables });
