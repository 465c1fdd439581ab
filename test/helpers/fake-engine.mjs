#!/usr/bin/env node
// Stands in for docker: records its calls, and registers each image that it "pushes" with ECR.
// ENGINE_FAILS=push:reason makes a command fail, ENGINE_HANGS=build makes one hang.
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const {
  ENGINE_RECORD: record,
  ENGINE_FAILS: fails,
  ENGINE_HANGS: hangs,
  AWS_ENDPOINT_URL: endpoint,
} = process.env;
const args = process.argv.slice(2);
const [command] = args;
const input = command === 'login' ? await text(process.stdin) : undefined;
const links = command === 'build' ? linksIn(args.at(-1)).sort() : undefined;
appendFileSync(record, `${JSON.stringify({ args, input, links })}\n`);

if (fails !== undefined && command === fails.split(':')[0]) {
  console.error(fails.slice(fails.indexOf(':') + 1));
  process.exit(1);
}
if (command === hangs) {
  console.log(`${command} hangs in process ${process.pid}`);
  // It hangs until it gets a signal.
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}
if (command === 'push') await putImage(args.at(-1));

async function putImage(reference) {
  const [, name, tag] = /^[^/]+\/(.+):([^:]+)$/.exec(reference);
  const region = /\.ecr\.([a-z0-9-]+)\./.exec(reference)[1];
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      digest: `sha256:${tag.padEnd(64, '0')}`,
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: 7,
    },
    layers: [],
  });
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AmazonEC2ContainerRegistry_V20150921.PutImage',
      Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ repositoryName: name, imageTag: tag, imageManifest }),
  });
  if (!answer.ok) {
    console.error(await answer.text());
    process.exit(1);
  }
}

/** Names of the symbolic links. `recursive` is not used, since newer versions of Node follow links with it. */
function linksIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isSymbolicLink()) return [entry.name];
    return entry.isDirectory() ? linksIn(path.join(folder, entry.name)) : [];
  });
}
