import { afterAll, afterEach, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyService, endFrameworks, removeServices, runFramework } from '../helpers/framework';

afterEach(endFrameworks);
afterAll(removeServices);

async function packaged(section: string): Promise<string> {
  const folder = copyService('minimal');
  writeFileSync(
    path.join(folder, 'serverless.yml'),
    `service: finish
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot]
watchbot: { image: { uri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1' }, command: 'true', ${section} }
`,
  );
  const { code, output } = await runFramework('osls', ['package'], { folder });
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

it('warns of jobs that a deploy may not wait for, unless `deploy.finish` accepts that', async () => {
  expect(await packaged('maxJobDuration: 20000')).toContain(
    'a job may take 20000 s, and a deploy waits 10000 s for it, since CloudFormation waits three hours',
  );
  expect(await packaged('maxJobDuration: 20000, deploy: { finish: 10000 }')).not.toContain('a job may take');
});
