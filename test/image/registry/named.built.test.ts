import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { hasManifest, namedRegistry } from '../../../src/image/registry/named';
import { describeWithBuildah, startContainerTools, type ContainerTools } from '../../helpers/container-tools';
import { startTestServer, type ReceivedRequest } from '../../helpers/http-server';

const look = (host: string, name = 'acme/tiles') =>
  hasManifest(globalThis.fetch, { name: `${host}/${name}`, tag: 'v1' });

const hostOf = (url: string) => url.replace('http://', '');

type Answer = (request: ReceivedRequest, response: ServerResponse, url: string) => void;

/** A registry that lets in who has the token of its token service. */
const withTokens: Answer = ({ path: asked, headers }, response, url) => {
  if (asked.startsWith('/token?')) return void response.end(JSON.stringify({ token: 'anonymous' }));
  if (headers.authorization === 'Bearer anonymous') return void response.writeHead(200).end();
  const challenge = `Bearer realm="${url}/token",service="acme",scope="repository:acme/tiles:pull"`;
  response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
};

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end();

it.each<{ name: string; answer: Answer; found: boolean | undefined }>([
  { name: 'the image', answer: status(200), found: true },
  { name: 'no such image', answer: status(404), found: false },
  { name: 'a token for whoever asks', answer: withTokens, found: true },
  {
    name: 'a wish for a password',
    answer: status(401, { 'WWW-Authenticate': 'Basic realm="x"' }),
    found: undefined,
  },
  {
    name: 'a challenge without a place',
    answer: status(401, { 'WWW-Authenticate': 'Bearer x="y"' }),
    found: undefined,
  },
  {
    name: 'a realm that leads nowhere',
    answer: status(401, { 'WWW-Authenticate': 'Bearer realm="http://127.0.0.1:1/"' }),
    found: undefined,
  },
  { name: 'nothing but its being busy', answer: status(429), found: undefined },
  { name: 'an error', answer: status(500), found: undefined },
  {
    name: 'itself for ever',
    answer: status(307, { Location: '/v2/acme/tiles/manifests/v1' }),
    found: undefined,
  },
])('takes of a registry that answers with $name: $found', async ({ answer, found }) => {
  const server = await startTestServer((request, response) => {
    answer(request, response, server.url);
  });
  expect(await look(hostOf(server.url))).toBe(found);
  expect(server.requests[0]).toMatchObject({ method: 'HEAD', path: '/v2/acme/tiles/manifests/v1' });
  expect(server.requests[0]?.headers.accept).toContain('application/vnd.oci.image.index.v1+json');
  await server.stop();
});

it('asks a token service for what the registry names', async () => {
  const server = await startTestServer((request, response) => {
    withTokens(request, response, server.url);
  });
  await look(hostOf(server.url));
  expect(server.requests[1]?.path).toBe('/token?service=acme&scope=repository%3Aacme%2Ftiles%3Apull');
  await server.stop();
});

it('does not know what a registry has that cannot be reached', async () => {
  expect(await look('127.0.0.1:1')).toBeUndefined();
});

it.each([
  { engine: true, found: true },
  { engine: undefined, found: undefined },
])(
  'asks the engine, which is logged in, if the registry does not say: $engine',
  async ({ engine, found }) => {
    const asked: string[] = [];
    const registry = namedRegistry(
      { name: '127.0.0.1:1/acme', credentials: undefined },
      {
        fetch: globalThis.fetch,
        hasReference: (reference) => {
          asked.push(reference);
          return Promise.resolve(engine);
        },
      },
    );
    expect(await registry.hasImage({ repository: 'tiles-dev/watchbot', tag: 'v1' })).toBe(found);
    expect(asked).toEqual(['127.0.0.1:1/acme/tiles-dev/watchbot:v1']);
  },
);

describeWithBuildah('a registry of Debian', () => {
  let tools: ContainerTools;

  beforeAll(async () => {
    tools = await startContainerTools();
    writeFileSync(path.join(tools.folder, 'Dockerfile'), 'FROM scratch\nLABEL some=thing\n');
    const reference = `${tools.registry}/acme/tiles:v1`;
    tools.buildah('build', '--tag', reference, '--file', path.join(tools.folder, 'Dockerfile'), tools.folder);
    tools.buildah('push', '--tls-verify=false', reference);
  }, 60_000);
  afterAll(() => tools.stop());

  it.each([
    { what: 'what was pushed', name: 'acme/tiles', found: true },
    { what: 'a repository that is not there', name: 'acme/others', found: false },
  ])('says of $what: $found', async ({ name, found }) => {
    expect(await look(tools.registry, name)).toBe(found);
  });

  it('is found by way of another host', async () => {
    const server = await startTestServer(({ path: asked }, response) => {
      response.writeHead(307, { Location: `http://${tools.registry}${asked}` }).end();
    });
    expect(await look(hostOf(server.url))).toBe(true);
    await server.stop();
  });
});
