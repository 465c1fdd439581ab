import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import { GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetTopicAttributesCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ContainerVariable } from '../../src/contract/environment';
import { resolve } from '../../src/features/local/intrinsics';
import {
  clientsFor,
  physicalIds,
  registeredContainer,
  removeRouteTable,
  TestService,
} from '../helpers/deployed';
import { endFrameworks, type TemplateResource } from '../helpers/framework';
import { MOTO_ACCOUNT_ID, startMoto, type Moto } from '../helpers/moto';
import { callJson } from '../helpers/moto-call';
import { describeWithPython } from '../helpers/python';
import { endWatchers, startWatcher } from '../helpers/watcher';

type Service = readonly [name: string, region: string, stackName: string];

/** The service of the README, and one with its own network. */
export const IN_THE_GATE: readonly Service[] = [
  ['example', 'us-east-1', 'watchbot-example-dev'],
  ['own-vpc', 'eu-west-1', 'feed-reader-dev'],
];
export const IN_A_RELEASE: readonly Service[] = [
  ['queue-settings', 'eu-west-1', 'delivery-retry-dev'],
  ['reduce', 'eu-west-1', 'vote-count-dev'],
  ['fifo', 'us-east-1', 'fifo-dev'],
  ['two-workers', 'eu-west-1', 'two-dev'],
  ['deploy-alarms', 'eu-west-1', 'price-feed-dev'],
];
const AT_ONCE = 2;
const DEPLOY_MS = 240_000;

interface PolicyDocument {
  Statement: { Sid?: string; Action: string | string[] }[];
}

interface Policy {
  PolicyName: string;
  PolicyDocument: PolicyDocument;
}

/** Tests that hold for every service deployed to moto, and then tests of some of them. */
export function describeDeployed(deployed: readonly Service[]): void {
  describeWithPython('a service deployed to moto', () => {
    const hasService = (name: string) => deployed.some(([each]) => each === name);

    let moto: Moto;
    const services = new Map<string, TestService>();
    const outputs = new Map<string, string>();
    const idsByService = new Map<string, Map<string, string>>();

    beforeAll(async () => {
      moto = await startMoto();
      // `two-workers` uses an existing cluster.
      await callJson(moto, {
        region: 'eu-west-1',
        target: 'AmazonEC2ContainerServiceV20141113.CreateCluster',
        input: { clusterName: 'shared' },
      });
      const waiting = [...deployed];
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const [name, region, stackName] = next;
            const service = new TestService(moto, name);
            services.set(name, service);
            const { code, output } = await service.run(['deploy']);
            if (code !== 0) throw new Error(`${name} was not deployed:\n${output}`);
            outputs.set(name, output);
            idsByService.set(name, await physicalIds(clientsFor(moto, region).cloudFormation, stackName));
          }
        }),
      );
    }, DEPLOY_MS);
    afterEach(endWatchers);
    afterAll(async () => {
      await endFrameworks();
      services.forEach((service) => {
        service.remove();
      });
      await moto.stop();
    });

    /** @returns a function that gives the values of a template's functions in this stack */
    function valuesIn(name: string, region: string) {
      const ids = idsByService.get(name)!;
      const pseudo: Record<string, string> = {
        'AWS::AccountId': MOTO_ACCOUNT_ID,
        'AWS::Region': region,
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::Partition': 'aws',
      };
      const { Resources } = services.get(name)!.template;
      const scope = {
        ref: (id: string) => pseudo[id] ?? ids.get(id),
        attribute: (id: string, attribute: string) => {
          const properties = Resources[id]?.Properties;
          if (attribute === 'Arn' && Resources[id]?.Type === 'AWS::SQS::Queue') {
            return `arn:aws:sqs:${region}:${MOTO_ACCOUNT_ID}:${String(properties?.QueueName)}`;
          }
          return attribute === 'QueueName' ? String(properties?.QueueName) : undefined;
        },
      };
      return (value: unknown) => resolve(value, scope);
    }

    const resourcesOf = (name: string, type: string): [string, TemplateResource][] =>
      Object.entries(services.get(name)!.template.Resources).filter(([, { Type }]) => Type === type);

    it.each(deployed)(
      '%s: creates a repository, passes the password on standard input, builds and pushes first',
      (name) => {
        const calls = services.get(name)!.engineCalls();
        const workers = name === 'two-workers' ? 2 : 1;
        // Whether docker can compress by zstd is asked for tasks on Fargate.
        expect(calls.map(({ args }) => args[0]).filter((command) => command !== 'info')).toEqual([
          'version',
          'login',
          // The Dockerfile, Node out of its image, and the layers.
          ...Array.from({ length: workers }, () => ['build', 'build', 'build', 'push']).flat(),
        ]);
        const password = `${MOTO_ACCOUNT_ID}-auth-token`;
        expect(calls[1]).toMatchObject({ input: password });
        expect(JSON.stringify(calls.map(({ args }) => args))).not.toContain(password);
        expect(outputs.get(name)).not.toContain(password);
        expect(outputs.get(name)).toMatch(/^Repository .+: made$/m);
        expect(outputs.get(name)).toMatch(/^Image of .+ built and pushed$/m);
      },
    );

    it('creates repositories that scan images, whose tags cannot change, and that remove the oldest images', async () => {
      const { ecr } = clientsFor(moto, 'us-east-1');
      const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
      expect(repositories.map(({ repositoryName }) => repositoryName).sort()).toEqual(
        deployed.filter(([, region]) => region === 'us-east-1').map(([, , stack]) => `${stack}/watchbot`),
      );
      for (const { repositoryName, repositoryArn, ...settings } of repositories) {
        expect(settings).toMatchObject({
          imageTagMutability: 'IMMUTABLE',
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfiguration: { encryptionType: 'AES256' },
        });
        const { tags } = await ecr.send(new ListTagsForResourceCommand({ resourceArn: repositoryArn }));
        expect(tags).toContainEqual({ Key: 'watchbot:worker', Value: 'watchbot' });
        const { lifecyclePolicyText = '' } = await ecr.send(
          new GetLifecyclePolicyCommand({ repositoryName }),
        );
        expect(lifecyclePolicyText).toContain('imageCountMoreThan');
      }
    });

    it.each(deployed)('%s: has the queues of the template', async (name, region) => {
      const { sqs } = clientsFor(moto, region);
      const value = valuesIn(name, region);
      for (const [id, { Properties }] of resourcesOf(name, 'AWS::SQS::Queue')) {
        const QueueUrl = idsByService.get(name)!.get(id);
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
        );
        const {
          RedrivePolicy,
          VisibilityTimeout,
          MessageRetentionPeriod,
          DelaySeconds = 0,
          FifoQueue,
        } = Properties;
        // A dead-letter queue has the default of AWS.
        if (typeof VisibilityTimeout === 'number') {
          expect(Attributes?.VisibilityTimeout).toBe(String(VisibilityTimeout));
        }
        expect(Attributes).toMatchObject({
          MessageRetentionPeriod: String(MessageRetentionPeriod),
          DelaySeconds: String(DelaySeconds),
        });
        if (FifoQueue === true) expect(Attributes?.FifoQueue).toBe('true');
        if (RedrivePolicy !== undefined) {
          expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual(value(RedrivePolicy));
        }
      }
    });

    it.each(deployed)('%s: has the topics, roles and tables of the template', async (name, region) => {
      const { sns, iam } = clientsFor(moto, region);
      const ids = idsByService.get(name)!;
      for (const [id, { Properties }] of resourcesOf(name, 'AWS::SNS::Topic')) {
        const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: ids.get(id) }));
        // The topic of the alarms gets its name from CloudFormation.
        const { TopicName = id } = Properties;
        expect(Attributes?.TopicArn).toContain(TopicName);
      }
      for (const [id, { Properties }] of resourcesOf(name, 'AWS::IAM::Role')) {
        for (const { PolicyName, PolicyDocument } of Properties.Policies as Policy[]) {
          const found = await iam.send(new GetRolePolicyCommand({ RoleName: ids.get(id), PolicyName }));
          // moto returns the policy in Python's notation.
          const text = decodeURIComponent(found.PolicyDocument!);
          const words = PolicyDocument.Statement.flatMap(({ Sid, Action }) => [Sid ?? [], Action].flat());
          expect(words.filter((word) => !text.includes(`'${word}'`))).toEqual([]);
        }
      }
      for (const [id, { Properties }] of resourcesOf(name, 'AWS::DynamoDB::Table')) {
        const { Table } = await callJson<{ Table: Record<string, unknown> }>(moto, {
          region,
          target: 'DynamoDB_20120810.DescribeTable',
          input: { TableName: ids.get(id) },
        });
        expect(Table.KeySchema).toEqual(Properties.KeySchema);
      }
    });

    const containerOf = (name: string, region: string, id: string) =>
      registeredContainer(moto, region, idsByService.get(name)!.get(id));

    it.each(deployed)('%s: has task definitions with the pushed image', async (name, region) => {
      const value = valuesIn(name, region);
      for (const [id, { Properties }] of resourcesOf(name, 'AWS::ECS::TaskDefinition')) {
        const [wanted] = Properties.ContainerDefinitions as Record<string, unknown>[];
        const found = await containerOf(name, region, id);
        expect(found.image).toBe(value(wanted?.Image));
        expect(found.command).toEqual(wanted?.Command);
        expect(found.entryPoint).toEqual(wanted?.EntryPoint);
        expect(found.environment.map((each) => each.name)).toEqual(
          (wanted?.Environment as { Name: string }[]).map(({ Name }) => Name),
        );
        const tag = found.image.split(':').at(-1);
        expect(outputs.get(name)).toContain(`:${tag!} built and pushed`);
      }
    });

    if (hasService('example'))
      it('runs workers as ECS would, for messages of a topic and of `watchbot send`, up to a dead letter', async () => {
        const service = services.get('example')!;
        const ids = idsByService.get('example')!;
        const { sns, sqs } = clientsFor(moto, 'us-east-1');
        const TopicArn = ids.get('WatchbotTopic');
        // moto does not make subscriptions of a template, so the test makes it from the template's properties.
        const subscription = service.template.Resources.WatchbotQueueSubscription!.Properties;
        const given = valuesIn('example', 'us-east-1')(subscription) as Record<string, string>;
        await sns.send(
          new SubscribeCommand({
            TopicArn: given.TopicArn,
            Protocol: given.Protocol,
            Endpoint: given.Endpoint,
          }),
        );

        const { environment, command } = await containerOf('example', 'us-east-1', 'WatchbotTask');
        const variables = Object.fromEntries(environment.map((each) => [each.name, each.value]));
        // The watcher empties its mounts after each job, so here they must be a folder of the test.
        const mount = path.join(service.base, 'mount');
        mkdirSync(mount);
        const watcher = startWatcher({
          endpoint: moto.endpoint,
          queueUrl: ids.get('WatchbotQueue')!,
          command: command[1]!,
          environment: {
            ...variables,
            [ContainerVariable.volumes]: mount,
            [ContainerVariable.healthCheck]: 'false',
            TMPDIR: mount,
            TILES: path.join(service.folder, 'tiles'),
          },
          folder: path.join(service.folder, 'example-service'),
        });
        const messages = readFileSync(path.join(service.folder, 'example-service/messages.jsonl'), 'utf8')
          .trim()
          .split('\n');
        await sns.send(new PublishCommand({ TopicArn, Message: messages[0] }));
        const sent = await service.run(['watchbot', 'send', messages[1]!]);
        expect(sent.output).toMatch(/^Sent [0-9a-f-]{36} to the topic of watchbot \(AWS, us-east-1\)$/m);
        await watcher.findAll(2, /\[worker\].*% land/, 60_000);

        await sns.send(new PublishCommand({ TopicArn, Message: 'no tile' }));
        const dead = async () => {
          const { Attributes } = await sqs.send(
            new GetQueueAttributesCommand({
              QueueUrl: ids.get('WatchbotDeadLetterQueue'),
              AttributeNames: ['ApproximateNumberOfMessages'],
            }),
          );
          return Number(Attributes?.ApproximateNumberOfMessages);
        };
        for (const message of messages.slice(2))
          await sns.send(new PublishCommand({ TopicArn, Message: message }));
        const deadline = Date.now() + 90_000;
        while ((await dead()) === 0 && Date.now() < deadline)
          await new Promise((done) => setTimeout(done, 500));
        expect(await dead()).toBeGreaterThan(0);
        expect(await watcher.stop()).toBe(0);
      }, 180_000);

    if (hasService('two-workers'))
      it('is described by `info`', async () => {
        const { output } = await services.get('two-workers')!.run(['info']);
        expect(output).toMatch(
          /worker render:\n {2}topic: arn:aws:sns:.+\n {2}queue: http.+two-dev-RenderQueue\n/,
        );
        expect(output).toMatch(/dead letters: http.+two-dev-RenderDeadLetterQueue/);
        expect(output).toMatch(/service: arn:aws:ecs:.+RenderService/);
        expect(output).toContain('log group: two-dev-eu-west-1-render');
        expect(output).toMatch(
          /dashboard: https:\/\/eu-west-1\.console\.aws\.amazon\.com\/.+two-dev-eu-west-1-Render/,
        );
        expect(output).toContain('worker join-tiles:');
      });

    if (hasService('own-vpc'))
      it('is not changed by a second deploy', async () => {
        const service = services.get('own-vpc')!;
        const before = JSON.stringify(service.template);
        service.engineCalls();
        const { code, output } = await service.run(['deploy']);
        expect(code).toBe(0);
        expect(service.engineCalls()).toEqual([]);
        expect(output).toMatch(/^Image of watchbot: .+ is already there$/m);
        expect(output).toMatch(/Change set did not include any changes|No changes to deploy/);
        expect(JSON.stringify(service.template)).toBe(before);
      }, 60_000);

    it('is not changed if an image cannot be pushed', async () => {
      const service = new TestService(moto, 'minimal');
      const fails = { ENGINE_FAILS: 'push:denied: connection reset by peer' };
      const { code, output } = await service.run(['deploy'], fails);
      service.remove();
      expect(code).toBe(1);
      expect(output).toContain('WATCHBOT_PUSH');
      expect(output).toContain('connection reset by peer');
      expect(output).toContain('the stack was not changed');
      const { cloudFormation } = clientsFor(moto, 'eu-west-1');
      await expect(
        cloudFormation.send(new DescribeStacksCommand({ StackName: 'minimal-dev' })),
      ).rejects.toThrow('does not exist');
    }, 60_000);

    it(
      'is removed with its repositories, after a note about remaining messages',
      async () => {
        const { sqs } = clientsFor(moto, 'eu-west-1');
        const withMessage = deployed.find(([, region]) => region === 'eu-west-1')!;
        const QueueUrl = idsByService.get(withMessage[0])!.get('WatchbotQueue');
        await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'left' }));
        const waiting = [...deployed];
        const removeOutputs = new Map<string, string>();
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
              const [name, region] = next;
              await removeRouteTable(moto, region, idsByService.get(name)!);
              const { code, output } = await services.get(name)!.run(['remove']);
              if (code !== 0) throw new Error(`${name} was not removed:\n${output}`);
              removeOutputs.set(name, output);
            }
          }),
        );
        const [name, , stackName] = withMessage;
        expect(removeOutputs.get(name)).toMatch(
          new RegExp(
            `The messages of worker watchbot go with queue ${stackName}-WatchbotQueue: 1 (waiting|delayed)`,
          ),
        );
        if (hasService('two-workers')) {
          expect(removeOutputs.get('two-workers')).toContain(
            'Repository two-dev/join-tiles: removed, with its images',
          );
        }
        for (const [, region, StackName] of deployed) {
          const { ecr, cloudFormation } = clientsFor(moto, region);
          const { repositories } = await ecr.send(new DescribeRepositoriesCommand({}));
          // The repository of the failed deploy remains.
          expect(
            repositories?.filter(({ repositoryName }) => !repositoryName?.startsWith('minimal-')),
          ).toEqual([]);
          await expect(cloudFormation.send(new DescribeStacksCommand({ StackName }))).rejects.toThrow(
            'does not exist',
          );
        }
      },
      DEPLOY_MS,
    );
  });
}
