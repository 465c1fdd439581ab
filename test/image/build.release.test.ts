import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { version } from '../../package.json';
import { PROGRESS_COMMAND } from '../../src/contract/progress';
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

describeWithBuildah('an image, built by buildah and run from a registry', () => {
  const bed = useImageBed({ prepare: makeNodeImage });

  it.each([
    { name: 'busybox', says: 'hello one, I am 1000, preloads: none' },
    { name: 'python', says: 'python got one as 1000, OpenSSL' },
    { name: 'musl', says: 'musl got one as 65534' },
  ])(
    'works on $name as the user of the image, with the entry point of the task definition',
    async ({ name, says }) => {
      const folder = makeService(name);
      const image = await packageService(folder);
      await buildAndPush(folder, image, { byZstd: name === 'busybox' });
      const queue = await createTestQueue(bed.emulator);
      const { container, variables } = containerOf(folder, queue);
      const instance = pull(image);
      const watcher = runIn(instance, [...container.EntryPoint, ...container.Command], variables);
      await queue.send('one');
      expect(await watcher.find(says)).toContain(says);
      await expect(queue.counts()).resolves.toMatchObject({ dead: 0 });
      const health = runIn(instance, container.HealthCheck.Command.slice(1), variables);
      await expect(once(health.process, 'close')).resolves.toEqual([0, null]);
      await watcher.stop();

      // By its name alone, and without a shell, which not every image has.
      const asking = [...container.EntryPoint, 'listen', '--', PROGRESS_COMMAND, '--version'];
      const another = await createTestQueue(bed.emulator);
      const helper = runIn(instance, asking, containerOf(folder, another).variables);
      await another.send('two');
      expect(await helper.find(`] ${version}`)).toMatch(/\[worker\]/);
      await helper.stop();
    },
    BUILD_MS,
  );

  it(
    'is put over an image that is there',
    async () => {
      const folder = makeService('musl');
      const built = await packageService(folder);
      await buildAndPush(folder, built);
      const image: PackagedImage = {
        ...built,
        repository: 'over/another',
        tag: 'v1',
        base: { kind: 'uri', uri: referenceOf(built) },
      };
      await buildAndPush(folder, image);
      const queue = await createTestQueue(bed.emulator);
      const { container, variables } = containerOf(folder, queue);
      const watcher = runIn(pull(image), [...container.EntryPoint, ...container.Command], variables);
      await queue.send('two');
      await watcher.find('musl got two as 65534');
      await watcher.stop();
    },
    BUILD_MS,
  );

  it(
    'that cannot be built says what the engine said, and the command',
    async () => {
      const folder = makeService('busybox');
      const image = await packageService(folder);
      const broken = {
        ...image,
        base: { ...image.base, buildArgs: { BUSYBOX: 'nothing' } },
      } as PackagedImage;
      const building = buildAndPush(folder, broken);
      await expect(building).rejects.toMatchObject({ code: 'WATCHBOT_BUILD' });
      await expect(building).rejects.toThrow(/given: {3}buildah build [^]*BUSYBOX=nothing[^]*no such file/);
    },
    BUILD_MS,
  );
});
