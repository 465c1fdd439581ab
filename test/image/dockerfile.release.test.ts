import { expect, it } from '@jest/globals';
import { existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ENTRY_POINT } from '../../src/contract/image';
import { describeWithBuildah, makeEmptyNodeImage } from '../helpers/container-tools';
import {
  BUILD_MS,
  buildAndPush,
  filesOf,
  packageService,
  pushedImage,
  useImageBed,
  writeService,
  type PushedImage,
} from '../helpers/image-bed';

interface Variant {
  name: string;
  /** Of the `image` key. */
  image?: Record<string, unknown>;
  /** Of the service, besides `serverless.yml`. */
  files: Record<string, string>;
  /** By name, to what they name. */
  links?: Record<string, string>;
  linked?: Record<string, string>;
  /** By path in the image; null is none. */
  found?: Record<string, string | null>;
  config?: PushedImage['config'];
}

const SPECIAL = `a "b" 'c' $HOME \\n =d #e`;

const VARIANTS: Variant[] = [
  {
    name: 'a file that is ignored is not in the image',
    files: {
      Dockerfile: 'FROM scratch\nCOPY . /app/\n',
      '.dockerignore': 'secret*\n**/*.log\n!keep.log\n',
      secret: '',
      'keep.log': 'kept',
      'deep/down.log': '',
      'deep/down.txt': 'text',
    },
    found: {
      'app/secret': null,
      'app/keep.log': 'kept',
      'app/deep/down.log': null,
      'app/deep/down.txt': 'text',
      'app/.serverless': null,
    },
  },
  {
    name: 'an ignore file of the Dockerfile goes before the common one, and the Dockerfile may be anywhere',
    image: { dockerfile: 'docker/Worker' },
    files: {
      'docker/Worker': 'FROM scratch\nCOPY . /app/\n',
      'docker/Worker.dockerignore': 'one\nnode_modules\n',
      '.dockerignore': 'two\n',
      one: '1',
      two: '2',
    },
    found: { 'app/one': null, 'app/two': '2' },
  },
  {
    name: 'a build argument changes a file',
    image: { buildArgs: { LEVEL: 'high' } },
    files: { Dockerfile: 'FROM scratch\nARG LEVEL=low\nCOPY ${LEVEL} /level\n', low: 'low', high: 'high' },
    found: { level: 'high' },
  },
  {
    name: 'a build argument has its default where none is given',
    files: { Dockerfile: 'FROM scratch\nARG LEVEL=low\nCOPY ${LEVEL} /level\n', low: 'low' },
    found: { level: 'low' },
  },
  {
    name: 'a build argument keeps every character',
    image: { buildArgs: { TEXT: SPECIAL } },
    files: { Dockerfile: 'FROM scratch\nARG TEXT\nENV TEXT="${TEXT}"\n' },
    config: { Env: [`TEXT=${SPECIAL}`] },
  },
  {
    name: 'a link stays a link, wherever it leads',
    files: { Dockerfile: 'FROM scratch\nCOPY . /app/\n', 'deep/file': 'text' },
    links: { 'app-link': 'deep/file', 'deep/dangling': '/nowhere', outward: '/etc/hostname' },
    linked: { 'app/app-link': 'deep/file', 'app/deep/dangling': '/nowhere', 'app/outward': '/etc/hostname' },
  },
  {
    name: 'a target picks the stage',
    image: { target: 'one' },
    files: {
      Dockerfile: 'FROM scratch AS one\nCOPY a /one\nFROM one AS two\nCOPY a /two\n',
      a: 'a',
    },
    found: { one: 'a', two: null },
  },
  {
    name: 'what the image says of itself is kept, but for what is run and how it is told to stop',
    files: {
      Dockerfile: `
FROM scratch
SHELL ["/bin/other", "-c"]
WORKDIR /srv/app
VOLUME /data
HEALTHCHECK CMD ["/bin/healthy"]
ENV LEVEL=3
STOPSIGNAL SIGQUIT
USER 1000:1001
ENTRYPOINT ["/srv/entry"]
CMD ["serve"]
`,
    },
    config: {
      User: '1000:1001',
      WorkingDir: '/srv/app',
      Env: ['LEVEL=3'],
      StopSignal: 'SIGTERM',
      Volumes: { '/data': {}, '/tmp': {} },
      Entrypoint: [...ENTRY_POINT],
    },
  },
];

const serverless = (image: Record<string, unknown>) => `
service: dockerfile
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot]
watchbot: ${JSON.stringify({ command: 'true', image: { path: '.', ...image } })}
`;

describeWithBuildah('the Dockerfile is built as it is:', () => {
  useImageBed({ prepare: makeEmptyNodeImage });

  it.each(VARIANTS)(
    '$name',
    async ({ image = {}, files, links = {}, linked = {}, found = {}, config = {} }) => {
      const folder = writeService({ ...files, 'serverless.yml': serverless(image) });
      for (const [name, target] of Object.entries(links)) symlinkSync(target, path.join(folder, name));
      const packaged = await packageService(folder);
      await buildAndPush(folder, packaged);
      const pushed = await pushedImage(packaged);
      const { Env = [], ...rest } = config;
      expect(pushed.config).toMatchObject(rest);
      expect(pushed.config.Env).toEqual(expect.arrayContaining(Env));
      expect(pushed.config.Cmd ?? []).toEqual([]);
      const root = filesOf(packaged);
      const read = (name: string) => {
        const file = path.join(root, name);
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      };
      expect(Object.fromEntries(Object.keys(found).map((name) => [name, read(name)]))).toEqual(found);
      const target = (name: string) => readlinkSync(path.join(root, name));
      expect(Object.fromEntries(Object.keys(linked).map((name) => [name, target(name)]))).toEqual(linked);
    },
    BUILD_MS,
  );
});
