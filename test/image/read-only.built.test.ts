import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeWithBuildah, makeNodeImage } from '../helpers/container-tools';
import { createTestQueue } from '../helpers/emulator';
import {
  BUILD_MS,
  buildAndPush,
  containerOf,
  makeService,
  packageService,
  pull,
  useImageBed,
} from '../helpers/image-bed';
import { runReadOnly } from '../helpers/read-only-root';

/** Leaves a file in each folder, and says where that went wrong, and why. */
const WORKER = `
echo "found:" $(ls /tmp /data /shared)
for folder in / /srv /bin /proc /opt/watchbot /opt/watchbot/lib /tmp /data /shared /dev/shm; do
  if why=$(touch "$folder/new" 2>&1); then echo "written: $folder"; else echo "refused: $why"; fi
done
echo "$Message as $(id -u):$(id -g), from $(cat "$MessageFile")"
`;

// As the documentation has it; the other folder is what is not told.
const OF_THE_IMAGE = `
USER 0
RUN ["/bin/busybox", "mkdir", "/data", "/shared"]
RUN ["/bin/busybox", "chown", "1000", "/data"]
VOLUME /data
USER 1000
`;

describeWithBuildah('a container with a read-only root', () => {
  const bed = useImageBed({ prepare: makeNodeImage });

  it.each([
    { name: 'the user of the image', user: undefined, id: '1000:0', shared: 'refused' },
    { name: 'root', user: '0', id: '0:0', shared: 'written' },
  ])(
    'works as $name, and lets a worker write to the mounts only, which are emptied',
    async ({ user, id, shared }) => {
      const folder = makeService('busybox');
      appendFileSync(path.join(folder, 'Dockerfile'), OF_THE_IMAGE);
      appendFileSync(path.join(folder, 'serverless.yml'), '  mounts: [/data, /shared]\n');
      writeFileSync(path.join(folder, 'worker.sh'), WORKER);
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      const queue = await createTestQueue(bed.emulator);
      const { container, variables } = containerOf(folder, queue);
      expect(container.ReadonlyRootFilesystem).toBe(true);
      const folders = (container.MountPoints ?? []).map(({ ContainerPath }) => ContainerPath);
      expect(folders).toEqual(['/tmp', '/data', '/shared']);
      const instance = pull(image);
      const start = (command: readonly string[]) =>
        runReadOnly(bed.tools, instance, { command, variables, folders, ...(user && { user }) });

      const watcher = start([...container.EntryPoint, ...container.Command]);
      for (const body of ['one', 'two']) {
        await queue.send(body);
        await watcher.find(`${body} as ${id}, from ${body}`);
      }
      const health = start(container.HealthCheck.Command.slice(1));
      expect(await once(health.process, 'close')).toEqual([0, null]);
      await watcher.stop();

      const said = (word: string) =>
        watcher.all.flatMap((line) => line.split(`${word}: `).slice(1)).map((text) => text.trim());
      const writable = ['/tmp', '/data', ...(shared === 'written' ? ['/shared'] : []), '/dev/shm'];
      expect(said('written')).toEqual([...writable, ...writable]);
      const refused = [...new Set(said('refused'))];
      expect(refused).toHaveLength(shared === 'written' ? 6 : 7);
      for (const place of ['/', '/srv/', '/bin/', '/opt/watchbot/', '/opt/watchbot/lib/']) {
        expect(refused).toContainEqual(expect.stringMatching(`${place}new: Read-only file system`));
      }
      // Of the first job nothing is left to the second.
      expect(said('found')).toEqual(['/data: /shared: /tmp:', '/data: /shared: /tmp:']);
      expect(watcher.all.filter((line) => /warn|error/i.test(line))).toEqual([]);
    },
    BUILD_MS,
  );
});
