import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  copyService,
  endFrameworks,
  FRAMEWORK_NAMES,
  readTemplate,
  removeServices,
  runFramework,
  type Framework,
} from '../helpers/framework';

afterEach(endFrameworks);
afterAll(removeServices);

/** Changes the service as serverless-vpc-plugin and serverless-plugin-ifelse do, and at the same moments. */
const CHANGER = `module.exports = class {
  constructor(serverless) {
    this.hooks = {
      'before:package:initialize': () => {
        delete serverless.service.initialServerlessConfig.watchbot.workers.excluded;
      },
      'after:package:initialize': () => {
        serverless.service.provider.vpc = { subnetIds: [{ Ref: 'AppSubnet1' }], securityGroupIds: ['sg-0a1b2c3d'] };
        serverless.service.provider.tags = { set: 'late' };
      },
    };
  }
};
`;

async function packaged(framework: Framework, rest: string, args: readonly string[] = ['package']) {
  const folder = copyService('with-functions');
  writeFileSync(path.join(folder, 'changer.cjs'), CHANGER);
  writeFileSync(
    path.join(folder, 'serverless.yml'),
    `service: company
provider: { name: aws, region: us-east-1, runtime: nodejs20.x }
package: { patterns: ['!node_modules/**'] }
${rest}`,
  );
  const { code, output } = await runFramework(framework, args, { folder });
  return { code, output, folder, template: () => readTemplate(folder).template };
}

describe.each(FRAMEWORK_NAMES)('%s', (framework) => {
  it('takes what another plugin changes after the check', async () => {
    const { output, template } = await packaged(
      framework,
      `
plugins: [serverless-watchbot, ./changer.cjs]
watchbot:
  workers:
    kept: { command: ./work, image: { uri: public.ecr.aws/docker/library/alpine@sha256:${'0'.repeat(64)} } }
    excluded: { command: ./work, image: { uri: public.ecr.aws/docker/library/alpine@sha256:${'0'.repeat(64)} } }
`,
    );
    expect(output).not.toContain('WATCHBOT_');
    const { Resources } = template();
    expect(Object.keys(Resources).filter((id) => /^WatchbotVpc|^Excluded/.test(id))).toEqual([]);
    expect(Resources.KeptService!.Properties).toMatchObject({
      NetworkConfiguration: {
        AwsvpcConfiguration: { Subnets: [{ Ref: 'AppSubnet1' }], SecurityGroups: ['sg-0a1b2c3d'] },
      },
    });
    expect(JSON.stringify(Resources.KeptQueue!.Properties.Tags)).toContain('late');
  });

  it('runs locally what another plugin has left of the section, as it has changed it', async () => {
    const folder = copyService('with-functions');
    writeFileSync(
      path.join(folder, 'changer.cjs'),
      `module.exports = class {
        constructor(serverless) {
          this.hooks = {
            'before:package:initialize': () => {
              const { workers } = serverless.service.initialServerlessConfig.watchbot;
              delete workers.excluded;
              workers.kept.topic = false;
            },
          };
        }
      };`,
    );
    writeFileSync(
      path.join(folder, 'serverless.yml'),
      `service: company
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot, ./changer.cjs]
watchbot:
  workers:
    kept: { command: 'echo "did $Message"', image: worker }
    excluded: { command: 'true', image: worker }
`,
    );
    writeFileSync(path.join(folder, 'messages'), 'one\n');
    const line = ['watchbot', 'local', '--worker', 'kept', '--messages', 'messages'];
    const { code, output } = await runFramework(framework, line, { folder });
    expect(output).toContain('did one');
    expect(output).not.toContain('SNS message');
    expect(code).toBe(0);
  });

  it.each(['initialize', 'before:watchbot:status:run'])(
    'reads for its own commands what another plugin changes in %s',
    async (hook) => {
      const folder = copyService('with-functions');
      const changer = `module.exports = class {
        constructor(serverless) {
          const change = () => delete serverless.configurationInput.watchbot.workers.excluded;
          this.hooks = { '${hook}': change };
        }
      };`;
      writeFileSync(path.join(folder, 'changer.cjs'), changer);
      const section = "{ workers: { kept: { command: 'true' }, excluded: { command: 'true' } } }";
      writeFileSync(
        path.join(folder, 'serverless.yml'),
        `service: company
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot, ./changer.cjs]
watchbot: ${section}
`,
      );
      const line = ['watchbot', 'status', '--worker', 'excluded', '--local', '--port', '9'];
      const { output } = await runFramework(framework, line, { folder });
      expect(output).toMatch(/WATCHBOT_\w+ at --worker[^]*allowed: +kept/);
    },
  );

  it('makes nothing in a stage without a worker, and gives variables their other value', async () => {
    const { code, output, template } = await packaged(
      framework,
      `
plugins: [serverless-watchbot]
custom: { wb: { prod: { command: ./work } } }
functions:
  hello: { handler: hello.handler, environment: { QUEUE: "\${watchbot:queueUrl, 'none'}" } }
watchbot: \${self:custom.wb.\${sls:stage}, null}
`,
    );
    expect([code, output]).toEqual([
      0,
      expect.stringContaining('No worker in this stage (`watchbot: null`)'),
    ]);
    const { Resources } = template();
    expect(Object.values(Resources).filter(({ Type }) => /ECS|SQS|SNS/.test(Type))).toEqual([]);
    expect(Resources.HelloLambdaFunction!.Properties.Environment).toEqual({ Variables: { QUEUE: 'none' } });
  });

  it('has commands say that there is no worker', async () => {
    const off = 'plugins: [serverless-watchbot]\nwatchbot: { workers: { a: null } }\n';
    const { code, output } = await packaged(framework, off, ['watchbot', 'status']);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('given:   `watchbot.workers` without one that is there and enabled'),
    ]);
  });

  it('tells names that a function and the resources of the service have too', async () => {
    const { code, output } = await packaged(
      framework,
      `
plugins: [serverless-watchbot]
functions:
  hello: { handler: hello.handler, events: [s3: company-uploads] }
resources:
  Resources:
    Mine: { Type: AWS::S3::Bucket, Properties: { BucketName: company-scans } }
watchbot:
  command: ./work
  image: { uri: public.ecr.aws/docker/library/alpine@sha256:${'0'.repeat(64)} }
  events: [s3: { bucket: company-uploads }, s3: { bucket: company-scans }]
`,
    );
    expect(code).toBe(1);
    expect(output).toMatch(/WATCHBOT_NAME_TAKEN at Resources\.S3BucketCompanyuploads/);
    expect(output).toMatch(/WATCHBOT_NAME_TAKEN at Resources\.Mine/);
  });
});
