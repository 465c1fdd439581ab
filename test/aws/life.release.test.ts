import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
} from '@aws-sdk/client-ecr';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { clientsFor, physicalIds, removeRouteTable, TestService } from '../helpers/deployed';
import { endFrameworks } from '../helpers/framework';
import { startMoto, type Moto } from '../helpers/moto';
import { describeWithPython } from '../helpers/python';

const REGION = 'eu-west-1';
const LIFE_MS = 120_000;

interface Case {
  fixture: string;
  /** Line that is added to the section. */
  section?: string;
  info: RegExp[];
  hasNot: string[];
  /** Texts that `remove` prints. */
  removed: string[];
}

const CASES: readonly Case[] = [
  {
    fixture: 'fifo',
    section: 'dashboard: false',
    info: [/queue: \S+-WatchbotQueue\.fifo$/m, /dead letters: \S+-WatchbotDeadLetterQueue\.fifo$/m],
    hasNot: ['topic: ', 'dashboard: ', 'webhook: '],
    removed: ['The messages of worker watchbot go with queue life-fifo-dev-WatchbotQueue.fifo: 1 waiting'],
  },
  {
    fixture: 'buckets',
    info: [/queue: \S+-\w+Queue$/m],
    hasNot: ['webhook: '],
    removed: ['stays, with what is in it'],
  },
];

describeWithPython('a stack, from `info` to `remove`', () => {
  let moto: Moto;
  let service: TestService | undefined;

  beforeAll(async () => {
    moto = await startMoto();
  }, LIFE_MS);
  afterEach(async () => {
    await endFrameworks();
    service?.remove();
  });
  afterAll(() => moto.stop());

  function makeService(fixture: string, section?: string): { made: TestService; name: string } {
    const made = (service = new TestService(moto, fixture));
    const name = `life-${fixture}`;
    made.rename(name);
    if (section !== undefined) appendFileSync(path.join(made.folder, 'serverless.yml'), `  ${section}\n`);
    return { made, name };
  }

  async function succeed(made: TestService, ...args: string[]): Promise<string> {
    const { code, output } = await made.run([...args, '--region', REGION]);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  it.each(CASES)(
    'of $fixture is described, removed, and cannot be removed again',
    async ({ fixture, section, info, hasNot, removed }) => {
      const { made, name } = makeService(fixture, section);
      const { ecr, sqs, cloudFormation } = clientsFor(moto, REGION);
      await succeed(made, 'deploy');
      const infoOutput = await succeed(made, 'info');
      info.forEach((each) => {
        expect(infoOutput).toMatch(each);
      });
      hasNot.forEach((each) => {
        expect(infoOutput).not.toContain(each);
      });

      const ids = await physicalIds(cloudFormation, `${name}-dev`);
      if (fixture === 'fifo') {
        await sqs.send(
          new SendMessageCommand({
            QueueUrl: ids.get('WatchbotQueue'),
            MessageBody: 'left',
            MessageGroupId: 'one',
            MessageDeduplicationId: 'one',
          }),
        );
      }
      const other = `${name}-dev/of-somebody-else`;
      await ecr.send(new CreateRepositoryCommand({ repositoryName: other }));
      await removeRouteTable(moto, REGION, ids);
      const first = await succeed(made, 'remove');
      removed.forEach((each) => {
        expect(first).toContain(each);
      });
      expect(first).toMatch(/^Repository life-.+: removed, with its images$/m);
      expect(first).toContain(`Repository ${other} stays: it was not made for this stack`);
      const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
      const left = repositories.map(({ repositoryName }) => repositoryName);
      expect(left.filter((each) => each?.startsWith(`${name}-dev/`))).toEqual([other]);
      await expect(
        cloudFormation.send(new DescribeStacksCommand({ StackName: `${name}-dev` })),
      ).rejects.toThrow('does not exist');

      // Without a stack, the framework always ends with an error.
      const again = await made.run(['remove', '--region', REGION]);
      expect(again.code).toBe(1);
      expect(again.output).toContain(`${name}-dev does not exist`);
      expect(again.output).not.toMatch(/removed, with its images|go with queue|with what is in it/);
    },
    LIFE_MS,
  );

  it(
    'that was not made yet loses the repository of its failed deploy',
    async () => {
      const { made } = makeService('minimal');
      const failed = await made.run(['deploy', '--region', REGION], { ENGINE_FAILS: 'push:no' });
      expect(failed).toMatchObject({ code: 1 });
      const { ecr } = clientsFor(moto, REGION);
      const repositoryName = 'life-minimal-dev/watchbot';
      const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
      expect(imageDetails).toEqual([]);
      const { code, output } = await made.run(['remove', '--region', REGION]);
      expect(output).toContain(`Repository ${repositoryName}: removed, with its images`);
      expect(output).toContain('life-minimal-dev does not exist');
      expect(code).toBe(1);
    },
    LIFE_MS,
  );
});
