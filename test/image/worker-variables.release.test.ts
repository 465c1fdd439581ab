import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { PackagedImage } from '../../src/image/package-folder';
import { describeWithBuildah, makeNodeImage } from '../helpers/container-tools';
import { createTestQueue } from '../helpers/emulator';
import {
  BUILD_MS,
  buildAndPush,
  containerOf,
  makeService,
  packageService,
  pull,
  referenceOf,
  runIn,
  useImageBed,
} from '../helpers/image-bed';

// Each would end the watcher's Node, or its health check's, at once, or make its loader complain.
const OF_THE_IMAGE = String.raw`
ENV NODE_OPTIONS="--require \"/no where.js\" '\$HOME'" LD_PRELOAD=/nowhere.so
ENV OPENSSL_CONF=/image.cnf
`;
const OF_THE_USER = '  environment: { OPENSSL_CONF: /user.cnf }\n';
const SEEN = `of the image: --require "/no where.js" '$HOME', /nowhere.so, /user.cnf; kept: 0`;

describeWithBuildah('variables of Node and its loader', () => {
  const bed = useImageBed({ prepare: makeNodeImage });

  async function run(folder: string, image: PackagedImage) {
    const queue = await createTestQueue(bed.emulator);
    const { container, variables } = containerOf(folder, queue);
    const instance = pull(image);
    const watcher = runIn(instance, [...container.EntryPoint, ...container.Command], variables);
    await queue.send('one');
    await watcher.find('success');
    const health = runIn(instance, container.HealthCheck.Command.slice(1), variables);
    const [healthCode] = (await once(health.process, 'close')) as [number];
    await watcher.stop();
    return { lines: [...watcher.all, ...health.all], healthCode };
  }

  it(
    'reach the worker as image and user have set them, and nothing of the watcher',
    async () => {
      const folder = makeService('busybox');
      appendFileSync(path.join(folder, 'Dockerfile'), OF_THE_IMAGE);
      appendFileSync(path.join(folder, 'serverless.yml'), OF_THE_USER);
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      const over: PackagedImage = {
        ...image,
        repository: 'over/another',
        base: { kind: 'uri', uri: referenceOf(image) },
      };
      await buildAndPush(folder, over);
      for (const each of [image, over]) {
        const { lines, healthCode } = await run(folder, each);
        expect(healthCode).toBe(0);
        expect(lines).toContainEqual(expect.stringContaining(SEEN));
        expect(lines.filter((line) => /preloaded|no where\.js/.test(line))).toEqual([
          expect.stringContaining(SEEN),
        ]);
      }
    },
    BUILD_MS,
  );

  it(
    'are not there if nobody has set them',
    async () => {
      const folder = makeService('busybox');
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      const { lines } = await run(folder, image);
      expect(lines).toContainEqual(expect.stringContaining('of the image: none, none, none; kept: 0'));
    },
    BUILD_MS,
  );
});
