import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LockedPackage } from '../../src/image/externals/lock-file';
import { startTestServer, type ReceivedRequest } from './http-server';

/** An npm registry on loopback that requires a token. */
export interface TestRegistry {
  url: string;
  /** Line for .npmrc with the token. */
  login: string;
  /** Publishes a package with these files. @returns its entry for a lock file */
  publish(name: string, version: string, files: Readonly<Record<string, string>>): LockedPackage;
  /** Serves another archive under that name from now on. */
  tamper(name: string, version: string): void;
  /** Status and path of each request. */
  requests: string[];
  stop(): Promise<void>;
}

export async function startTestRegistry(token: string): Promise<TestRegistry> {
  const archives = new Map<string, Buffer>();
  const requests: string[] = [];
  const statusOf = ({ path: name, headers }: ReceivedRequest) => {
    if (headers.authorization !== `Bearer ${token}`) return 401;
    return archives.has(name) ? 200 : 404;
  };
  const server = await startTestServer((request, response) => {
    const status = statusOf(request);
    requests.push(`${status} ${request.path}`);
    response.writeHead(status).end(status === 200 ? archives.get(request.path) : '{}');
  });
  const pathOf = (name: string, version: string) => `/${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
  return {
    url: server.url,
    login: `${server.url.replace('http:', '')}/:_authToken=${token}`,
    publish: (name, version, files) => {
      const archive = archiveOf({ 'package.json': JSON.stringify({ name, version }), ...files });
      archives.set(pathOf(name, version), archive);
      const resolved = server.url + pathOf(name, version);
      return { version, resolved, integrity: integrityOf(archive) };
    },
    tamper: (name, version) => {
      archives.set(pathOf(name, version), archiveOf({ 'package.json': '{"name":"x"}', 'evil.js': '' }));
    },
    requests,
    stop: () => server.stop(),
  };
}

export const integrityOf = (archive: Uint8Array): string =>
  `sha512-${createHash('sha512').update(archive).digest('base64')}`;

/** Makes an archive as `npm pack` does. */
export function archiveOf(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-archive-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, 'package', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return execFileSync('tar', ['-czf', '-', '-C', folder, 'package']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
