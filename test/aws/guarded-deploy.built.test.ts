import {
  CreateStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { clientsFor, physicalIds, TestService } from '../helpers/deployed';
import { endFrameworks } from '../helpers/framework';
import { startMoto, type Moto } from '../helpers/moto';
import { callJson } from '../helpers/moto-call';
import { describeWithPython } from '../helpers/python';

const REGION = 'eu-west-1';
const LIMIT_MS = 120_000;

const table = (name: string, more = '') => `
    ${name}:
      Type: AWS::DynamoDB::Table
      ${more}
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
        KeySchema: [{ AttributeName: id, KeyType: HASH }]`;
const VOTES = table('Votes');
const KEPT = table('Archive', 'DeletionPolicy: Retain\n      UpdateReplacePolicy: Retain');

/** A service with a worker of this name, and with what its owner has beside it. */
const service = (name: string, worker: string, resources: string) => `
service: ${name}
provider: { name: aws, region: ${REGION} }
plugins: [serverless-watchbot]
watchbot:
  cluster: shared
  vpc: { subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d] }
  workers:
    ${worker}: { command: 'true', dashboard: false }
resources:
  Resources:${resources}
`;

describeWithPython('a deploy that would delete something', () => {
  let moto: Moto;
  let made: TestService;

  beforeAll(async () => {
    moto = await startMoto();
    await callJson(moto, {
      region: REGION,
      target: 'AmazonEC2ContainerServiceV20141113.CreateCluster',
      input: { clusterName: 'shared' },
    });
    made = new TestService(moto, 'minimal');
  }, LIMIT_MS);
  afterAll(async () => {
    await endFrameworks();
    made.remove();
    await moto.stop();
  });

  async function deploy(yaml: string, ...options: string[]) {
    writeFileSync(path.join(made.folder, 'serverless.yml'), yaml);
    const { code, output } = await made.run(['deploy', ...options]);
    return { code, output, isBuilt: made.engineCalls().some(({ args }) => args[0] === 'build') };
  }

  it(
    'is stopped before anything is built, unless the loss is named',
    async () => {
      const { sqs, cloudFormation } = clientsFor(moto, REGION);
      const first = await deploy(service('guarded', 'render', VOTES + KEPT));
      expect(first).toMatchObject({ code: 0, isBuilt: true });
      const ids = await physicalIds(cloudFormation, 'guarded-dev');
      await sqs.send(new SendMessageCommand({ QueueUrl: ids.get('RenderQueue'), MessageBody: 'waits' }));

      const same = await deploy(service('guarded', 'render', VOTES + KEPT), '--force');
      expect(same.code).toBe(0);
      expect(same.output).not.toContain('goes with this deploy');

      const next = service('guarded', 'draw', table('Other'));
      const stopped = await deploy(next);
      expect(stopped).toMatchObject({ code: 1, isBuilt: false });
      expect(stopped.output).toContain('Nothing was built, pushed or changed');
      expect(stopped.output).toContain('WATCHBOT_LOSS at worker render');
      expect(stopped.output).toContain('deleted: SQS Queue guarded-dev-RenderQueue, with 1 message');
      expect(stopped.output).toMatch(
        /WATCHBOT_LOSS at Votes\n {2}given: +deleted: DynamoDB Table \S+, with items/,
      );
      expect(stopped.output).toContain(
        'Queue guarded-dev-RenderDeadLetterQueue goes with this deploy; it is empty',
      );
      expect(stopped.output).not.toContain('Archive');
      expect((await physicalIds(cloudFormation, 'guarded-dev')).get('Votes')).toBe(ids.get('Votes'));
      const [, names] = /sls deploy --stage dev --region eu-west-1 --allow-loss (\S+)/.exec(stopped.output)!;
      expect(names!.split(',').sort()).toEqual(['RenderLogGroup', 'RenderQueue', 'Votes']);

      const half = await deploy(next, '--allow-loss', 'RenderQueue,RenderLogGroup');
      expect(half).toMatchObject({ code: 1, isBuilt: false });
      expect(half.output).not.toContain('WATCHBOT_LOSS at worker render');
      const named = await deploy(next, '--allow-loss', names!);
      expect(named).toMatchObject({ code: 0, isBuilt: true });
      expect(named.output).toContain('What is lost by this deploy was named');
      expect((await physicalIds(cloudFormation, 'guarded-dev')).has('Votes')).toBe(false);
    },
    LIMIT_MS,
  );

  it(
    'is stopped where the stack is of somebody else',
    async () => {
      const { cloudFormation } = clientsFor(moto, REGION);
      const StackName = 'taken-dev';
      const TemplateBody = JSON.stringify({
        Metadata: { EcsWatchbotVersion: '9.1.0' },
        Resources: {
          WatchbotQueue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'taken-dev-WatchbotQueue' } },
        },
      });
      await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));
      await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60 }, { StackName });
      const { code, output, isBuilt } = await deploy(service('taken', 'render', VOTES));
      expect({ code, isBuilt }).toEqual({ code: 1, isBuilt: false });
      expect(output).toContain('WATCHBOT_FOREIGN_STACK at stack taken-dev');
      expect(output).toContain('a stack made by Watchbot 9.1.0');
      const removal = await made.run(['remove']);
      expect(removal.code).toBe(1);
      expect(removal.output).toContain('it would be removed as a whole; nothing was removed');
      const after = await cloudFormation.send(new GetTemplateCommand({ StackName }));
      expect(after.TemplateBody).toBe(TemplateBody);
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      expect(Stacks[0]!.StackStatus).toBe('CREATE_COMPLETE');
    },
    LIMIT_MS,
  );

  it(
    'is stopped where the whole section is taken out',
    async () => {
      const yaml = service('bare', 'render', VOTES);
      expect(await deploy(yaml)).toMatchObject({ code: 0 });
      const without = yaml.replace(/^watchbot:\n( .*\n)+/m, '');
      const { code, output } = await deploy(without);
      expect(code).toBe(1);
      expect(output).toContain('WATCHBOT_LOSS at worker render');
      expect(output).not.toContain('WATCHBOT_LOSS at Votes');
    },
    LIMIT_MS,
  );
});
