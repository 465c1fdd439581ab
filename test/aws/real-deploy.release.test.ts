import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ContainerVariable } from '../../src/contract/environment';
import {
  describeWithBuildah,
  makeNodeImage,
  startContainerTools,
  type ContainerTools,
} from '../helpers/container-tools';
import { startCuttingProxy } from '../helpers/cutting-proxy';
import {
  clientsFor,
  CREDENTIALS,
  physicalIds,
  registeredContainer,
  removeRouteTable,
  TestService,
} from '../helpers/deployed';
import { endFrameworks } from '../helpers/framework';
import { copyImageServiceTo, endProcesses, pullImage, runInContainer } from '../helpers/image-service';
import { MOTO_ACCOUNT_ID, startMoto, type Moto } from '../helpers/moto';
import { describeWithPython } from '../helpers/python';

const REGION = 'us-east-1';
const STACK = 'busybox-dev';
const DEPLOY_MS = 120_000;
const RUNTIME_LOOKUP = '/usr/bin:/bin:/usr/sbin:/sbin';

describeWithPython('a service', () => {
  describeWithBuildah('whose image is built by buildah and pushed to a registry', () => {
    let moto: Moto;
    let tools: ContainerTools;
    let service: TestService;

    beforeAll(async () => {
      [moto, tools] = await Promise.all([startMoto(), startContainerTools()]);
      makeNodeImage(tools);
      service = new TestService(moto, 'busybox', { copyTo: copyImageServiceTo });
      nameRegistry(service, tools.registry);
    }, DEPLOY_MS);
    afterEach(endProcesses);
    afterAll(async () => {
      await endFrameworks();
      service.remove();
      await tools.stop();
      await moto.stop();
    }, DEPLOY_MS);

    function nameRegistry({ folder }: TestService, registry: string): void {
      const file = path.join(folder, 'serverless.yml');
      const section = `registry: '${registry}'\n  build: { engine: buildah, `;
      writeFileSync(file, readFileSync(file, 'utf8').replace('build: { ', section));
    }

    const environment = () => ({ ...tools.environment, PATH: RUNTIME_LOOKUP });

    async function deploy() {
      const { code, output } = await service.run(['deploy'], environment());
      if (code !== 0) throw new Error(output);
      return output;
    }

    const clients = () => clientsFor(moto, REGION);
    const ids = () => physicalIds(clients().cloudFormation, STACK);
    const container = async () => registeredContainer(moto, REGION, (await ids()).get('WatchbotTask'));

    /** Tags of a repository in the registry. */
    async function tags(repository = 'busybox-dev/watchbot'): Promise<string[]> {
      const answer = await fetch(`http://${tools.registry}/v2/${repository}/tags/list`);
      return ((await answer.json()) as { tags?: string[] }).tags ?? [];
    }

    /** Names of all files of the registry and of the engine. */
    const state = () =>
      ['registry', 'storage/vfs-images', 'storage/vfs-layers'].flatMap((folder) =>
        readdirSync(path.join(tools.folder, folder), { recursive: true, encoding: 'utf8' }).sort(),
      );

    const lastUpdate = async () => {
      const { Stacks = [] } = await clients().cloudFormation.send(
        new DescribeStacksCommand({ StackName: STACK }),
      );
      const [{ CreationTime, LastUpdatedTime, StackStatus } = {}] = Stacks;
      return { CreationTime, LastUpdatedTime, StackStatus };
    };

    it(
      'pushes the image of its task definition before the stack is created',
      async () => {
        const output = await deploy();
        const { image } = await container();
        const [tag] = await tags();
        expect(image).toBe(`${tools.registry}/busybox-dev/watchbot:${tag}`);
        expect(output).toContain(`Image of watchbot: ${image} built and pushed`);
        const lines = output.split('\n');
        const pushed = lines.findIndex((line) => line.includes('built and pushed'));
        const deployed = lines.findIndex((line) => line.includes('Service deployed to stack'));
        expect(pushed).toBeLessThan(deployed);
        expect(readdirSync(service.temporary)).toEqual([]);
      },
      DEPLOY_MS,
    );

    it(
      'is not changed by a second deploy',
      async () => {
        const before = { state: state(), tags: await tags(), stack: await lastUpdate() };
        const output = await deploy();
        expect(output).toMatch(/^Image of watchbot: .+ is already there$/m);
        expect(output).not.toContain('built and pushed');
        expect({ state: state(), tags: await tags(), stack: await lastUpdate() }).toEqual(before);
      },
      DEPLOY_MS,
    );

    it(
      'runs from the registry as its task definition says, and does the messages of its topic',
      async () => {
        const stack = await ids();
        const { sns } = clients();
        const TopicArn = stack.get('WatchbotTopic');
        // moto does not make subscriptions of a template, so the test makes it from the template's properties.
        const { Protocol, RawMessageDelivery } = service.template.Resources.WatchbotQueueSubscription!
          .Properties as { Protocol: string; RawMessageDelivery?: unknown };
        expect(RawMessageDelivery).toBeUndefined();
        const Endpoint = `arn:aws:sqs:${REGION}:${MOTO_ACCOUNT_ID}:${STACK}-WatchbotQueue`;
        await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));

        const { image, entryPoint, command, environment: given } = await container();
        const watcher = runInContainer(tools, pullImage(tools, image), {
          command: [...entryPoint, ...command],
          variables: {
            ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
            // A new socket name: containers here share the machine's names, unlike those of ECS.
            [ContainerVariable.healthCheck]: `watchbot-${process.pid}-${path.basename(service.base)}`,
            AWS_ENDPOINT_URL: moto.endpoint,
            AWS_REGION: REGION,
            ...CREDENTIALS,
          },
        });
        await sns.send(new PublishCommand({ TopicArn, Message: 'from-the-topic' }));
        expect(await watcher.find('hello from-the-topic', 60_000)).toContain('I am 1000');
        await watcher.stop();
      },
      DEPLOY_MS,
    );

    it(
      'gets another tag and another task definition if a file changes',
      async () => {
        const before = await container();
        const [tag] = await tags();
        appendFileSync(path.join(service.folder, 'worker.sh'), '# changed\n');
        expect(await deploy()).toContain('built and pushed');
        const after = await container();
        expect(after.image).not.toBe(before.image);
        const all = await tags();
        expect(all).toHaveLength(2);
        expect(all).toEqual(expect.arrayContaining([tag, after.image.split(':').at(-1)]));
      },
      DEPLOY_MS,
    );

    it(
      'is removed without its images, and says so',
      async () => {
        await removeRouteTable(moto, REGION, await ids());
        const { code, output } = await service.run(['remove'], environment());
        expect({ code, output }).toMatchObject({ code: 0 });
        expect(output).toContain(`The images in ${tools.registry} stay`);
        expect(await tags()).toHaveLength(2);
        await expect(lastUpdate()).rejects.toThrow('does not exist');
      },
      DEPLOY_MS,
    );

    it(
      'is not deployed if the push breaks off, but is by the next deploy',
      async () => {
        const proxy = await startCuttingProxy(tools.registry, 1_000_000);
        const cut = new TestService(moto, 'busybox', { copyTo: copyImageServiceTo });
        try {
          cut.rename('cut');
          nameRegistry(cut, proxy.address);
          const { code, output } = await cut.run(['deploy'], environment());
          expect(code).toBe(1);
          expect(proxy.cuts()).toBeGreaterThan(0);
          expect(output).toMatch(
            /WATCHBOT_PUSH at 127\.0\.0\.1:\d+\/cut-dev\/watchbot:\w+\n {2}given: {3}buildah push /,
          );
          expect(output).toMatch(/connection reset by peer|broken pipe|use of closed network connection|EOF/);
          expect(output).toContain('do:      the stack was not changed; deploy again when the reason above');
          expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
          expect(readdirSync(cut.temporary)).toEqual([]);
          expect(await tags('cut-dev/watchbot')).toEqual([]);
          const { cloudFormation } = clients();
          const lookUp = new DescribeStacksCommand({ StackName: 'cut-dev' });
          await expect(cloudFormation.send(lookUp)).rejects.toThrow('does not exist');

          proxy.mend();
          const again = await cut.run(['deploy'], environment());
          expect(again).toMatchObject({ code: 0 });
          expect(again.output).toContain('built and pushed');
          expect(await tags('cut-dev/watchbot')).toHaveLength(1);
        } finally {
          cut.remove();
          await proxy.stop();
        }
      },
      DEPLOY_MS,
    );
  });
});
