import type { Architecture, EngineName } from '../../config/configuration';

const PLATFORMS: Readonly<Record<Architecture, string>> = { x86_64: 'linux/amd64', arm64: 'linux/arm64' };

export interface Build {
  architecture: Architecture;
  /** The name that the image gets. */
  reference: string;
  file: string;
  context: string;
  buildArgs: Readonly<Record<string, string>>;
  target: string | undefined;
  /** Files that only the build sees, by the names of the secrets. */
  secrets: Readonly<Record<string, string>>;
  /** Whether this is the plugin's own layer, which only copies. */
  isLayer: boolean;
  /** Options for zstd. */
  zstd?: readonly string[] | undefined;
}

/** Allows plain HTTP for a registry on this machine, which docker and finch do by themselves. */
const PLAIN_HTTP = '--tls-verify=false';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/;

/** podman and buildah belong to the same project. */
function isOfContainers(engine: EngineName): boolean {
  return engine === 'podman' || engine === 'buildah';
}

/** Whether the engine has to be told that the named registry, which is on this machine, uses plain HTTP. */
export function needsPlainHttp(engine: EngineName, reference: string): boolean {
  return isOfContainers(engine) && LOOPBACK.test(reference);
}

function plainHttp(engine: EngineName, reference: string): string[] {
  return needsPlainHttp(engine, reference) ? [PLAIN_HTTP] : [];
}

/** Succeeds if the engine can work: the daemon or machine that docker, podman and finch need may not be running. */
export function probeArguments(engine: EngineName): string[] {
  // In versions that are still used, `docker info` succeeds without a daemon.
  return [engine === 'docker' ? 'version' : 'info'];
}

export function loginArguments(engine: EngineName, registry: string, username: string): string[] {
  return ['login', ...plainHttp(engine, registry), '--username', username, '--password-stdin', registry];
}

/** A build verifies whatever it pulls: an option against it would apply to all of its images, not just to one. */
export function buildArguments(engine: EngineName, build: Build): string[] {
  const { architecture, reference, file, context, buildArgs, target, secrets, zstd = [] } = build;
  return [
    'build',
    '--platform',
    PLATFORMS[architecture],
    ...(isOfContainers(engine) ? layering(build) : []),
    ...zstd,
    '--tag',
    reference,
    '--file',
    file,
    ...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
    ...Object.entries(secrets).flatMap(([name, source]) => ['--secret', `id=${name},src=${source}`]),
    context,
  ];
}

/**
 * A user's build has docker's format, since that of OCI has no SHELL and no HEALTHCHECK; its layers are cached. The plugin's
 * own build gives the same layers and over the same base the same image each time: docker's format would contain the id of
 * the container in which it was built. What OCI's format leaves out, ECS does not use. Layers of an earlier build are not
 * taken: https://github.com/containers/buildah/pull/6269
 */
function layering({ isLayer }: Build): string[] {
  return isLayer
    ? ['--format', 'oci', '--layers', '--no-cache', '--timestamp', '0']
    : ['--format', 'docker', '--layers'];
}

/** A build whose files are written into a folder of this machine, instead of an image. */
export function exportArguments(
  engine: EngineName,
  build: Pick<Build, 'architecture' | 'file' | 'context'> & { folder: string },
): string[] {
  return [
    'build',
    '--platform',
    PLATFORMS[build.architecture],
    // The image that they make nevertheless is the same each time, so that there is one.
    ...(isOfContainers(engine) ? ['--format', 'oci', '--layers=false', '--timestamp', '0'] : []),
    '--output',
    `type=local,dest=${build.folder}`,
    '--file',
    build.file,
    build.context,
  ];
}

/** As in BuildKit's own check, which warns of such names. https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/ */
const SECRET_NAME = /(^|_)(apikey|auth|credentials?|key|password|pword|passwd|secret|token)(_|$)/i;

/** A shorter value is no secret, and hiding it would make the output unreadable. */
const LEAST_SECRET_LENGTH = 4;

/** Values of build arguments that are secrets, which nobody else needs to see. */
export function secretValues({ buildArgs }: Build): string[] {
  return Object.entries(buildArgs)
    .filter(([name]) => SECRET_NAME.test(name))
    .flatMap(([, value]) => [value, ...value.split('\n')])
    .filter((value) => value.length >= LEAST_SECRET_LENGTH);
}

export function pullArguments(engine: EngineName, reference: string, architecture: Architecture): string[] {
  return ['pull', '--platform', PLATFORMS[architecture], ...plainHttp(engine, reference), reference];
}

/** Gives, in JSON, what an image starts, among much else. */
export function inspectArguments(engine: EngineName, reference: string): string[] {
  return engine === 'buildah' ? ['inspect', '--type', 'image', reference] : ['image', 'inspect', reference];
}

export function pushArguments(engine: EngineName, reference: string, zstd: readonly string[] = []): string[] {
  return ['push', ...plainHttp(engine, reference), ...zstd, reference];
}

/**
 * For docker: a builder that sees the engine's own images, over which the layer is put; and a plain image rather than a list
 * of the image and an attestation.
 */
export function buildVariables(engine: EngineName): Record<string, string> {
  return engine === 'docker' ? { BUILDX_BUILDER: 'default', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' } : {};
}
