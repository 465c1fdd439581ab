import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { publishLocalRun } from '../../src/features/stack/local-run';
import { systemClock } from '../../src/shared/clock';
import {
  copyService,
  endFrameworks,
  FRAMEWORK_NAMES,
  readTemplate,
  removeServices,
  runFramework,
} from '../helpers/framework';

afterEach(endFrameworks);
afterAll(removeServices);

const SERVICE = `service: variables
provider: { name: aws, region: us-east-1, runtime: nodejs20.x }
plugins: [serverless-watchbot]
package: { patterns: ['!node_modules/**'] }
functions:
  hello:
    handler: hello.handler
    environment: { QUEUE: '\${watchbot:queueUrl}', ARN: '\${watchbot:queueArn}', DEAD: '\${watchbot:deadLetterQueueUrl}' }
watchbot: { image: worker, command: 'true' }
`;

function serviceFolder(): string {
  const folder = copyService('with-functions');
  writeFileSync(path.join(folder, 'serverless.yml'), SERVICE);
  writeFileSync(
    path.join(folder, 'hello.js'),
    'exports.handler = async () => [process.env.QUEUE, process.env.ARN, process.env.DEAD].join(" ");',
  );
  return folder;
}

describe.each(FRAMEWORK_NAMES)('a function that runs on this machine, by %s', (framework) => {
  it('is told the emulator’s queues while a local run is up, else a clear word, and asks nothing of AWS', async () => {
    const folder = serviceFolder();
    const invoke = async () => {
      const { code, output } = await runFramework(framework, ['invoke', 'local', '--function', 'hello'], {
        folder,
      });
      expect(code).toBe(0);
      return output.trim().split('\n').at(-1);
    };
    const none = 'sls-watchbot-local-is-not-running';
    await expect(invoke()).resolves.toBe(`"${none} ${none} ${none}"`);

    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const watchbot = {
      queueUrl: `${endpoint}/000000000000/jobs`,
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:jobs',
    };
    const run = await publishLocalRun(folder, { endpoint, references: { watchbot } }, systemClock);
    try {
      const unknown = 'unknown-to-sls-watchbot-local';
      await expect(invoke()).resolves.toBe(`"${watchbot.queueUrl} ${watchbot.queueArn} ${unknown}"`);
      // What is deployed never has an address of this machine.
      await runFramework(framework, ['package'], { folder });
      expect(
        readTemplate(folder).template.Resources.HelloLambdaFunction!.Properties.Environment,
      ).toMatchObject({
        Variables: { QUEUE: { Ref: 'WatchbotQueue' } },
      });
    } finally {
      await run.end();
      server.close();
    }
  });
});
