import type { EngineName } from '../../config/configuration';
import type { Run } from './run-command';

/** What an engine is told so that new layers are compressed by zstd, when it builds the plugin's layer and when it pushes. */
export interface Zstd {
  build: readonly string[];
  push: readonly string[];
}

/**
 * The engines' own encoder has four levels, and takes this for the last: a fifth of the bytes of gzip less. It is slow to
 * write and as fast to read as the others.
 */
const LEVEL = '19';

const PROBE_TIMEOUT_MS = 30_000;

/** How the engine compresses by zstd, or why it cannot. It is asked, since that depends on its version and settings. */
export async function findZstd(name: EngineName, run: Run): Promise<Zstd | { whyNot: string }> {
  switch (name) {
    case 'docker':
      return ofDocker(await ask(run, name, ['info', '--format', '{{json .DriverStatus}}']));
    case 'podman':
    case 'buildah':
      return ofContainers(name, await ask(run, name, ['push', '--help']));
    case 'finch':
      return { whyNot: 'finch has no option for it' };
  }
}

async function ask(run: Run, program: EngineName, words: readonly string[]): Promise<string> {
  const command = { program, arguments: words, timeoutMs: PROBE_TIMEOUT_MS, keepsOutput: true };
  return (await run(command)).output ?? '';
}

/**
 * Docker keeps layers as they are compressed if its image store is containerd's; else it compresses when it pushes, by gzip.
 * Layers that are there already stay as they are. https://docs.docker.com/build/exporters/#compression
 */
function ofDocker(driverStatus: string): Zstd | { whyNot: string } {
  if (!driverStatus.includes('io.containerd.snapshotter')) {
    return {
      whyNot: "docker can if its image store is containerd's (`containerd-snapshotter` in its settings)",
    };
  }
  const output = `type=image,oci-mediatypes=true,compression=zstd,compression-level=${LEVEL}`;
  return { build: ['--output', output], push: [] };
}

/** The options came one after the other. Without the last of them, newer versions send what the registry has by gzip again. */
function ofContainers(name: EngineName, help: string): Zstd | { whyNot: string } {
  if (!help.includes('--compression-level'))
    return { whyNot: `this version of ${name} has no option for it` };
  const options = ['--compression-format', 'zstd', '--compression-level', LEVEL];
  return {
    build: [],
    push: help.includes('--force-compression') ? [...options, '--force-compression=false'] : options,
  };
}
