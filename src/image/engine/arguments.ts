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
  /** Files that only the build sees, by name. */
  secrets: Readonly<Record<string, string>>;
  /** Of the plugin's own, which only copies. */
  isLayer: boolean;
}

/** Takes plain HTTP for a registry on this machine, which docker and finch do by themselves. */
const PLAIN_HTTP = '--tls-verify=false';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/;

/** podman and buildah, which have much in common. */
function isOfContainers(engine: EngineName): boolean {
  return engine === 'podman' || engine === 'buildah';
}

/** Whether the engine has to be told that the registry of this machine, which the user names, speaks plain HTTP. */
export function needsPlainHttp(engine: EngineName, reference: string): boolean {
  return isOfContainers(engine) && LOOPBACK.test(reference);
}

function plainHttp(engine: EngineName, reference: string): string[] {
  return needsPlainHttp(engine, reference) ? [PLAIN_HTTP] : [];
}

/** Answers where the engine can work: what docker, podman and finch need may run elsewhere, or not at all. */
export function probeArguments(engine: EngineName): string[] {
  // `docker info` has ended well without a daemon, in versions that are still around.
  return [engine === 'docker' ? 'version' : 'info'];
}

export function loginArguments(engine: EngineName, registry: string, username: string): string[] {
  return ['login', ...plainHttp(engine, registry), '--username', username, '--password-stdin', registry];
}

/** Whatever a build pulls is verified: an option would hold for all of its images, and not just for one. */
export function buildArguments(engine: EngineName, build: Build): string[] {
  const { architecture, reference, file, context, buildArgs, target, secrets } = build;
  return [
    'build',
    '--platform',
    PLATFORMS[architecture],
    ...(isOfContainers(engine) ? layering(build) : []),
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
 * Of a user's build, as docker has it: the other format has no SHELL and no HEALTHCHECK. Layers are kept for the next one.
 * The plugin's own is a single layer, and the same image each time over the same base: docker's format would hold the id
 * of the container in which it was built. What the other one leaves out, ECS does not look at.
 */
function layering({ isLayer }: Build): string[] {
  return isLayer
    ? ['--format', 'oci', '--layers=false', '--timestamp', '0']
    : ['--format', 'docker', '--layers'];
}

/** As BuildKit's own check has it, which warns of them. https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/ */
const SECRET_NAME = /(^|_)(apikey|auth|credentials?|key|password|pword|passwd|secret|token)(_|$)/i;

/** A shorter one is none, and would hide what has to be read. */
const LEAST_SECRET_LENGTH = 4;

/** Values of build arguments that should not have been ones, and that nobody else needs to see. */
export function secretValues({ buildArgs }: Build): string[] {
  return Object.entries(buildArgs)
    .filter(([name]) => SECRET_NAME.test(name))
    .flatMap(([, value]) => [value, ...value.split('\n')])
    .filter((value) => value.length >= LEAST_SECRET_LENGTH);
}

export function pullArguments(engine: EngineName, reference: string, architecture: Architecture): string[] {
  return ['pull', '--platform', PLATFORMS[architecture], ...plainHttp(engine, reference), reference];
}

/** What an image has in it to start, among much else, in JSON. */
export function inspectArguments(engine: EngineName, reference: string): string[] {
  return engine === 'buildah' ? ['inspect', '--type', 'image', reference] : ['image', 'inspect', reference];
}

export function pushArguments(engine: EngineName, reference: string): string[] {
  return ['push', ...plainHttp(engine, reference), reference];
}

/**
 * For docker: the builder that sees the images of the engine itself, which the layer is put over, and one plain image
 * rather than a list of it and a statement about it.
 */
export function buildVariables(engine: EngineName): Record<string, string> {
  return engine === 'docker' ? { BUILDX_BUILDER: 'default', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' } : {};
}
