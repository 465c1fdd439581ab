/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#checking-if-content-exists-in-the-registry */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const TIMEOUT_MS = 10_000;

type Fetch = typeof globalThis.fetch;

/**
 * Whether a registry has the image, as far as it says so to somebody without an account.
 * @param reference the repository's whole name, and the tag
 */
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
    // What cannot be asked may still be pushed to, by an engine that knows another way.
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

/** `Bearer realm="https://…",service="…",scope="…"`: where public images are read by whoever asks for a token. */
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

/** Engines too speak plain HTTP with a registry on the same machine. */
const schemeOf = (host: string) => (/^(localhost|127(\.\d+){3})(:\d+)?$/.test(host) ? 'http' : 'https');

/** Docker Hub's images have another host than its API. */
const apiHost = (host: string) => (host === 'docker.io' ? 'registry-1.docker.io' : host);
