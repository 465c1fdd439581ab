import { expect, it } from '@jest/globals';
import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { TASK_ROOT } from '../../src/contract/image';
import { describeWithBuildah, makeNodeImage } from '../helpers/container-tools';
import { createTestQueue } from '../helpers/emulator';
import {
  BUILD_MS,
  buildAndPush,
  containerOf,
  filesOf,
  packageService,
  pull,
  pushedImage,
  runIn,
  useImageBed,
  writeService,
} from '../helpers/image-bed';

const serverless = (section: object) => `
service: handlers
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot]
watchbot: ${JSON.stringify(section)}
`;

const SOURCE = `
import { readFileSync } from 'node:fs';
export const handler = async ({ Records }: { Records: { body: string }[] }) => {
  const user: number = process.getuid!();
  for (const { body } of Records) console.log(\`got \${body} as \${user} in \${process.env.LAMBDA_TASK_ROOT}\`);
};
`;

describeWithBuildah('the image of a handler', () => {
  const bed = useImageBed({ prepare: makeNodeImage });

  it(
    'that is bundled runs it as a user of its own, with one Node',
    async () => {
      const folder = writeService({
        'src/tell.ts': SOURCE,
        'serverless.yml': serverless({ handler: 'src/tell.handler', topic: false }),
      });
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      expect((await pushedImage(image)).config).toMatchObject({ User: '1000:1000', WorkingDir: TASK_ROOT });
      expect(readlinkSync(path.join(filesOf(image), 'opt/watchbot/bin/node'))).toBe('/usr/local/bin/node');
      const queue = await createTestQueue(bed.emulator);
      const { container, variables } = containerOf(folder, queue);
      const watcher = runIn(pull(image), [...container.EntryPoint, ...container.Command], variables);
      await queue.send('one');
      await watcher.find(`got one as 1000 in ${TASK_ROOT}`);
      await watcher.stop();
    },
    BUILD_MS,
  );

  it(
    'of the user starts what it would have started, with the handler in the place of its CMD',
    async () => {
      const folder = writeService({
        Dockerfile: `FROM public.ecr.aws/docker/library/node:24.21.0-bookworm-slim
WORKDIR /srv
COPY index.mjs .
ENV LAMBDA_TASK_ROOT=/srv
ENTRYPOINT ["node", "/opt/watchbot/runtime.js"]
CMD ["index.nothing"]
`,
        'index.mjs':
          'export const handler = async ({ Records: [{ body }] }) => console.log("own " + body, process.argv[2]);',
        'serverless.yml': serverless({ handler: 'index.handler', image: '.', topic: false }),
      });
      const image = await packageService(folder);
      await buildAndPush(folder, image);
      const queue = await createTestQueue(bed.emulator);
      const { container, variables } = containerOf(folder, queue);
      const watcher = runIn(pull(image), [...container.EntryPoint, ...container.Command], variables);
      await queue.send('two');
      await watcher.find('own two index.handler');
      await watcher.stop();
    },
    BUILD_MS,
  );
});
