import { expect, it } from '@jest/globals';
import path from 'node:path';
import { findEngine } from '../../src/image/engine/engine';
import { commandRunner } from '../../src/image/engine/run-command';
import { describeWithBuildah, makeBusybox } from '../helpers/container-tools';
import { createDeferred } from '../helpers/deferred';
import { BUILD_MS, packageService, referenceOf, useImageBed, writeService } from '../helpers/image-bed';
import { processesWith } from '../helpers/processes';

const SECONDS = '7654';

const sleepers = () => processesWith('sleep', SECONDS);

describeWithBuildah('a build by buildah', () => {
  const bed = useImageBed({ prepare: () => undefined });

  it(
    'is ended by Ctrl-C with what its Dockerfile runs',
    async () => {
      const folder = writeService({
        'serverless.yml': `
service: interrupted
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot]
watchbot: { command: 'true' }
`,
        Dockerfile: `FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/\nRUN /bin/busybox sleep ${SECONDS} & until /bin/busybox grep -q sleep /proc/$!/cmdline; do :; done; echo begun; wait\n`,
      });
      makeBusybox(folder);
      const image = await packageService(folder);
      const controller = new AbortController();
      const run = commandRunner({ environment: bed.tools.environment, signal: controller.signal });
      const engine = await findEngine({ configured: 'buildah', run });
      const { promise: begun, resolve } = createDeferred();
      const report = (line: string) => {
        if (line === 'begun') resolve();
      };
      const packageFolder = path.join(folder, '.serverless');
      const npmSettings = () => Promise.resolve(undefined);
      const reference = referenceOf(image);
      const building = engine.build(image, { packageFolder, reference, report, npmSettings });
      const failure = expect(building).rejects.toMatchObject({ code: 'WATCHBOT_INTERRUPTED' });
      await begun;
      expect(sleepers()).not.toEqual([]);
      controller.abort();
      await failure;
      expect(sleepers()).toEqual([]);
    },
    BUILD_MS,
  );
});
