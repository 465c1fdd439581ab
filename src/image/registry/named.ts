import type { NamedRegistry } from '../../config/configuration';
import type { ImageName, Registry } from './push-images';

interface RegistryQueries {
  fetch: typeof globalThis.fetch;
  /** Asks the engine, which is logged in. Undefined if it cannot tell. */
  hasReference: (reference: string) => Promise<boolean | undefined>;
}

/** A registry other than the stack's own ECR: whoever deploys is logged in there, and pushes create repositories. */
export function namedRegistry({ name }: NamedRegistry, queries: RegistryQueries): Registry {
  const uriOf = (repository: string) => `${name}/${repository}`;
  return {
    hasImage: async ({ repository, tag }: ImageName) => {
      const reference = { name: uriOf(repository), tag };
      return (
        (await hasManifest(queries.fetch, reference)) ?? queries.hasReference(`${reference.name}:${tag}`)
      );
    },
    // The owner of the registry decides how long images are kept.
    keep: () => Promise.resolve(undefined),
    prepare: (repository) => Promise.resolve({ uri: uriOf(repository.name), isNew: false }),
    logIn: () => Promise.resolve(),
  };
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#checking-if-content-exists-in-the-registry */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const TIMEOUT_MS = 10_000;

type Fetch = typeof globalThis.fetch;

/** Whether a registry has the image, as far as it says so without an account. `name` is the whole name of the repository. */
export async function hasManifest(
  fetch: Fetch,
  { name, tag }: { name: string; tag: string },
): Promise<boolean | undefined> {
  const [host = '', ...path] = name.split('/');
  const url = `${schemeOf(host)}://${apiHost(host)}/v2/${path.join('/')}/manifests/${tag}`;
  try {
    const answer = await head(fetch, url);
    if (answer.status !== 401) return meaning(answer);
    const token = await anonymousToken(fetch, answer.headers.get('www-authenticate'));
    return token === undefined ? undefined : meaning(await head(fetch, url, token));
  } catch {
    // A registry that does not answer here may still take a push: the engine may know another way to it.
    return undefined;
  }
}

function head(fetch: Fetch, url: string, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return fetch(url, {
    method: 'HEAD',
    headers: { Accept: ACCEPT, ...authorization },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

function meaning({ status }: Response): boolean | undefined {
  if (status === 200) return true;
  return status === 404 ? false : undefined;
}

/** A token for public images, which the registry gives to everybody. The challenge is `Bearer realm="https://…",service="…",scope="…"`. */
async function anonymousToken(fetch: Fetch, challenge: string | null): Promise<string | undefined> {
  const parameters = Object.fromEntries(
    [...(challenge ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
  );
  const { realm, ...query } = parameters;
  if (!/^Bearer /i.test(challenge ?? '') || realm === undefined) return undefined;
  const answer = await fetch(`${realm}?${new URLSearchParams(query).toString()}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await answer.json()) as { token?: unknown; access_token?: unknown };
  const token = body.token ?? body.access_token;
  return typeof token === 'string' ? token : undefined;
}

/** Engines also use plain HTTP for a registry on the same machine. */
const schemeOf = (host: string) => (/^(localhost|127(\.\d+){3})(:\d+)?$/.test(host) ? 'http' : 'https');

/** The API of Docker Hub has another host than the names of its images. */
const apiHost = (host: string) => (host === 'docker.io' ? 'registry-1.docker.io' : host);
