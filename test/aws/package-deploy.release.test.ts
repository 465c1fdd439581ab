import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeImagesCommand, DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { copyFileSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clientsFor, physicalIds, registeredContainer, TestService } from '../helpers/deployed';
import { endFrameworks, FRAMEWORK_NAMES, type Framework } from '../helpers/framework';
import { startMoto, type Moto } from '../helpers/moto';
import { describeWithPython } from '../helpers/python';

const REGION = 'eu-west-1';
const DEPLOY_MS = 120_000;
const TO_MOTO = path.join(__dirname, '../helpers/to-moto.js');

describeWithPython('a service', () => {
  let moto: Moto;
  const services: TestService[] = [];

  beforeAll(async () => {
    moto = await startMoto();
  }, DEPLOY_MS);
  afterAll(async () => {
    await endFrameworks();
    services.forEach((service) => {
      service.remove();
    });
    await moto.stop();
  });

  /** Makes a service with its own name, since both frameworks deploy to the same account. */
  function makeService(fixture: string, framework: Framework, name: string): TestService {
    const service = new TestService(moto, fixture, { framework });
    services.push(service);
    service.rename(name);
    if (framework === 'serverless') {
      copyFileSync(TO_MOTO, path.join(service.folder, 'to-moto.js'));
      const file = path.join(service.folder, 'serverless.yml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('plugins: [', 'plugins: [./to-moto.js, '));
    }
    return service;
  }

  async function succeed(service: TestService, ...args: string[]): Promise<string> {
    const { code, output } = await service.run(args);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  /** Calls of the engine by the plugin. Serverless 3 itself asks for docker's version. */
  const engineCalls = (service: TestService) =>
    service.engineCalls().filter(({ args }) => args[0] !== '--version');
  const kinds = (service: TestService) => engineCalls(service).map(({ args }) => args[0]);

  it.each(FRAMEWORK_NAMES)(
    'is deployed by %s from its package alone',
    async (framework) => {
      const name = `packaged-${framework}`;
      const service = makeService('minimal', framework, name);
      // The framework would replace the link by its target, and fail.
      symlinkSync('not/there', path.join(service.folder, 'link'));
      await succeed(service, 'package', '--package', 'somewhere/else');
      expect(kinds(service)).toEqual([]);
      const keeps = new Set(['serverless.yml', 'node_modules', 'somewhere', 'to-moto.js']);
      readdirSync(service.folder)
        .filter((file) => !keeps.has(file))
        .forEach((file) => {
          rmSync(path.join(service.folder, file), { recursive: true });
        });

      expect(await succeed(service, 'deploy', '--package', 'somewhere/else')).toContain('built and pushed');
      const [, , , user, , layer, push] = engineCalls(service);
      const context = user?.args.at(-1) ?? '';
      expect(path.relative(path.join(service.folder, 'somewhere/else'), context)).not.toMatch(/^\.\./);
      expect(readdirSync(context)).toContain('Dockerfile');
      // The link exists only while the image is built, so that the package can be copied.
      expect(readdirSync(context)).not.toContain('link');
      expect(user?.links).toEqual(['link', 'serverless-watchbot']);
      expect(layer?.args[0]).toBe('build');
      const ids = await physicalIds(clientsFor(moto, REGION).cloudFormation, `${name}-dev`);
      const { image } = await registeredContainer(moto, REGION, ids.get('WatchbotTask'));
      expect(push?.args.at(-1)).toBe(image);
      expect(readdirSync(service.temporary)).toEqual([]);
    },
    DEPLOY_MS,
  );

  it(
    'is deployed, described and removed by Serverless 3',
    async () => {
      const service = makeService('own-vpc', 'serverless', 'with-three');
      const { cloudFormation, ecr } = clientsFor(moto, REGION);
      expect(await succeed(service, 'deploy')).toContain('built and pushed');
      expect(kinds(service)).toEqual(['version', 'login', 'info', 'build', 'build', 'build', 'push']);
      const repositoryName = 'with-three-dev/watchbot';
      const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
      expect(imageDetails).toHaveLength(1);

      const second = await succeed(service, 'deploy');
      expect(kinds(service)).toEqual([]);
      expect(second).toMatch(/^Image of watchbot: .+ is already there$/m);
      expect(second).toMatch(/Change set did not include any changes|No changes to deploy/);

      const info = await succeed(service, 'info');
      expect(info).toMatch(
        /worker watchbot:\n {2}topic: arn:.+\n {2}queue: .+with-three-dev-WatchbotQueue\n/,
      );

      const removed = await succeed(service, 'remove');
      expect(removed).toContain(`Repository ${repositoryName}: removed, with its images`);
      await expect(
        cloudFormation.send(new DescribeStacksCommand({ StackName: 'with-three-dev' })),
      ).rejects.toThrow('does not exist');
      await expect(
        ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] })),
      ).rejects.toThrow('does not exist');
    },
    DEPLOY_MS,
  );
});
