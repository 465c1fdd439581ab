import { describe, expect, it } from '@jest/globals';
import { chmodSync, closeSync, existsSync, openSync, readdirSync, readSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { type PackagedImage, packagedLayer } from '../../src/image/package-folder';
import { describeWithBuildah, makeEmptyNodeImage } from '../helpers/container-tools';
import { ROOT } from '../helpers/framework';
import {
  BUILD_MS,
  buildAndPush,
  filesOf,
  packageService,
  pushedImage,
  referenceOf,
  useImageBed,
  writeService,
} from '../helpers/image-bed';

/** https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html, e_machine */
const MACHINE_OFFSET = 18;

const service = (architecture: string) => ({
  'serverless.yml': `
service: bytes
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot]
watchbot: { command: /srv/worker, architecture: ${architecture} }
`,
  // Nothing is run in it, so that it may be of any architecture.
  Dockerfile: 'FROM scratch\nCOPY worker /srv/worker\nUSER 1000\n',
  // https://github.com/containers/buildah/pull/6269: before it, buildah takes the layers of one architecture for those of another where all else is the same.
  worker: `a program for ${architecture}`,
});

/** Of a Dockerfile with one COPY. */
const BASE_LAYERS = 1;
/** Node, and the watcher. */
const OWN_LAYERS = 2;

function ageFiles(folder: string, years: number): void {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    utimesSync(file, 1_000_000_000 + years * 31_536_000, 1_000_000_000);
    if (years > 0) chmodSync(file, 0o600);
  }
}

function machineOf(file: string): number {
  const header = Buffer.alloc(MACHINE_OFFSET + 2);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, header);
  closeSync(descriptor);
  expect(header.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  return header.readUInt16LE(MACHINE_OFFSET);
}

const hasLauncher = (architecture: string) =>
  existsSync(path.join(ROOT, `dist/layer/launcher-${architecture}`));

describeWithBuildah('the layer', () => {
  useImageBed({
    prepare: (tools) => {
      makeEmptyNodeImage(tools, 'linux/amd64');
    },
  });

  it(
    'is of the same bytes each time, over the same base',
    async () => {
      const pushed = [];
      let base: PackagedImage['base'] | undefined;
      for (const tag of ['first', 'second', 'third']) {
        const folder = writeService(service('x86_64'));
        const packaged = await packageService(folder);
        base ??= await pushedBase(folder, packaged);
        const image = { ...packaged, tag, base };
        await buildAndPush(folder, image);
        pushed.push((await pushedImage(image)).manifest);
      }
      expect(pushed[1]).toEqual(pushed[0]);
      expect(pushed[2]).toEqual(pushed[0]);
      // The base's two, and two of the plugin's own.
      expect(pushed[0]!.layers).toHaveLength(BASE_LAYERS + 2 * OWN_LAYERS);
    },
    BUILD_MS,
  );

  /** An image to put the layer over. That it has one already does not matter. */
  async function pushedBase(folder: string, image: PackagedImage): Promise<PackagedImage['base']> {
    await buildAndPush(folder, image);
    return { kind: 'uri', uri: referenceOf(image) };
  }
});

// Each with a registry of its own: what a registry has is not sent again in another compression.
describe.each([
  { compression: 'gzip', byZstd: false },
  { compression: 'zstd', byZstd: true },
])('with $compression', ({ compression, byZstd }) => {
  describeWithBuildah('the layer', () => {
    useImageBed({
      prepare: (tools) => {
        makeEmptyNodeImage(tools, 'linux/amd64');
      },
    });

    it(
      'is the same over every base, for each worker and service, on another day',
      async () => {
        const bases = [
          'FROM scratch\nCOPY worker /srv/worker\n',
          'FROM scratch\nCOPY worker /opt/tool\nCOPY worker /tmp/x\nUSER 1000\nENV NODE_OPTIONS=--no-warnings\n',
        ];
        const digests = [];
        for (const [index, Dockerfile] of bases.entries()) {
          const folder = writeService({ ...service('x86_64'), Dockerfile });
          const packaged = await packageService(folder);
          // What was installed and packaged at another time, for other users.
          ageFiles(packagedLayer(path.join(folder, '.serverless')), index);
          await buildAndPush(folder, packaged, { byZstd });
          const { layers } = (await pushedImage(packaged)).manifest;
          const own = layers.slice(-OWN_LAYERS);
          for (const { mediaType } of own) expect(mediaType).toMatch(new RegExp(`[+.]${compression}$`));
          digests.push(own.map(({ digest }) => digest));
        }
        expect(new Set(digests[0])).toHaveProperty('size', OWN_LAYERS);
        expect(digests[1]).toEqual(digests[0]);
      },
      BUILD_MS,
    );
  });
});

describeWithBuildah('an image', () => {
  const bed = useImageBed({ prepare: () => undefined });

  it.each([
    { architecture: 'x86_64', platform: 'linux/amd64', name: 'amd64', machine: 62 },
    { architecture: 'arm64', platform: 'linux/arm64', name: 'arm64', machine: 183 },
  ])(
    'of $architecture is built on any machine, with the launcher for it',
    async ({ architecture, platform, name, machine }) => {
      makeEmptyNodeImage(bed.tools, platform);
      const folder = writeService(service(architecture));
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      expect(await pushedImage(image)).toMatchObject({ architecture: name, config: { User: '1000' } });
      const launcher = path.join(filesOf(image), 'opt/watchbot/launcher');
      expect(existsSync(launcher)).toBe(hasLauncher(architecture));
      if (hasLauncher(architecture)) expect(machineOf(launcher)).toBe(machine);
    },
    BUILD_MS,
  );
});
