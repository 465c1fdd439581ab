import { CreateRepositoryCommand, DescribeRepositoriesCommand } from '@aws-sdk/client-ecr';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { jsonRefusal, startAwsFront, xmlRefusal, type Refusal } from '../helpers/aws-front';
import { clientsFor, TestService } from '../helpers/deployed';
import { endFrameworks } from '../helpers/framework';
import { MOTO_ACCOUNT_ID, resetMoto, startMoto, type Moto } from '../helpers/moto';
import { describeWithPython } from '../helpers/python';
import { whenEnded } from '../helpers/processes';

const REGION = 'eu-west-1';
const STACK = 'minimal-dev';
const REPOSITORY = 'minimal-dev/watchbot';
const DEPLOY_MS = 60_000;
const HOST = `${MOTO_ACCOUNT_ID}.dkr.ecr.${REGION}.amazonaws.com`;

interface Case {
  name: string;
  /** Answers of AWS that replace those of moto. */
  answers?: Record<string, Refusal>;
  environment?: Record<string, string | undefined>;
  prepare?: (service: TestService) => void;
  args?: string[];
  expected: (string | RegExp)[];
  /** Whether the repository stays for the next deploy: it does if the image was being built. */
  leavesRepository?: boolean;
}

const configure = (text: string) => (service: TestService) => {
  appendFileSync(path.join(service.folder, 'serverless.yml'), `  ${text}\n`);
};

/** What DescribeStacks answers for a stack in a state that stacks of moto never have. */
const stackIn = (status: string): Record<string, Refusal> => ({
  DescribeStacks: {
    status: 200,
    body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${STACK}</StackName><StackStatus>${status}</StackStatus><StackStatusReason>said by AWS</StackStatusReason><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  },
});

const NO_KEYS = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const NO_METADATA = { AWS_EC2_METADATA_DISABLED: 'true' };
const CLOUDFORMATION = `cloudformation:DescribeStacks in ${REGION} was answered with`;

const CASES: readonly Case[] = [
  {
    name: 'no engine installed',
    prepare: (service) => {
      service.removeEngine('docker');
    },
    expected: [
      'WATCHBOT_NO_ENGINE at the container engine',
      'given:   docker is not installed',
      'buildah is not installed',
      'allowed: docker, podman, finch, buildah, installed and answering',
      /do: {6}start one of them .+, or install one; nothing was changed/,
    ],
  },
  {
    name: 'a configured engine that is not installed',
    prepare: configure('build: { engine: podman }'),
    expected: [
      'WATCHBOT_NO_ENGINE at the container engine',
      'given:   podman is not installed',
      'allowed: podman, installed and answering',
      /do: {6}start one of them/,
    ],
  },
  {
    name: 'an engine whose daemon does not answer',
    environment: { ENGINE_FAILS: 'version:Cannot connect to the Docker daemon' },
    expected: [
      'WATCHBOT_NO_ENGINE at the container engine',
      'given:   docker does not answer `docker version`: Cannot connect to the Docker daemon',
      'podman is not installed',
      'allowed: docker, podman, finch, buildah, installed and answering',
    ],
  },
  {
    name: 'a login that is refused',
    environment: { ENGINE_FAILS: 'login:Error response from daemon: unauthorized' },
    expected: [
      `WATCHBOT_LOGIN at ${HOST}`,
      `given:   docker login --username AWS --password-stdin ${HOST}, which failed:`,
      'Error response from daemon: unauthorized',
      'do:      check that the registry can be reached from here, and that the account may use it',
    ],
  },
  {
    name: 'a build that fails',
    environment: { ENGINE_FAILS: 'build:no space left on device' },
    expected: [
      'WATCHBOT_BUILD at the image of worker watchbot',
      /given: {3}docker build .+, which failed:/,
      'no space left on device',
      /do: {6}the stack was not changed/,
    ],
    leavesRepository: true,
  },
  {
    name: 'a push that fails',
    environment: { ENGINE_FAILS: 'push:connection reset by peer' },
    expected: [
      `WATCHBOT_PUSH at ${HOST}/${REPOSITORY}:`,
      'connection reset by peer',
      'do:      the stack was not changed; deploy again when the reason above is gone',
    ],
    leavesRepository: true,
  },
  ...[
    {
      status: 'ROLLBACK_COMPLETE',
      advice: /do: {6}remove the stack with `(npx )?(osls|sls|serverless) remove`, then deploy again/,
    },
    {
      status: 'UPDATE_ROLLBACK_FAILED',
      advice: `run \`aws cloudformation continue-update-rollback --stack-name ${STACK} --region ${REGION}\``,
    },
    { status: 'UPDATE_IN_PROGRESS', advice: 'wait until the deploy or removal that is under way has ended' },
  ].map(({ status, advice }) => ({
    name: `a stack in ${status}`,
    answers: stackIn(status),
    expected: [
      `WATCHBOT_STACK_STATE at stack ${STACK}`,
      `given:   ${status} (said by AWS)`,
      'allowed: a stack whose last deploy has ended, or none',
      typeof advice === 'string' ? `do:      ${advice}` : advice,
      'nothing was built, pushed or changed',
    ],
  })),
  {
    name: 'no credentials',
    environment: { ...NO_KEYS, ...NO_METADATA },
    expected: [
      `WATCHBOT_CREDENTIALS at stack ${STACK}`,
      'given:   AWS provider credentials not found',
      'allowed: AWS credentials that are valid now',
      'do:      log in again, or name others with --aws-profile',
    ],
  },
  {
    name: 'a profile that does not exist',
    environment: NO_KEYS,
    args: ['--aws-profile', 'nobody'],
    expected: [
      `WATCHBOT_CREDENTIALS at stack ${STACK}`,
      'given:   AWS profile "nobody" doesn\'t seem to be configured',
      'do:      log in again, or name others with --aws-profile',
    ],
  },
  {
    name: 'a token that has expired',
    answers: { DescribeStacks: xmlRefusal('ExpiredToken', 'The security token is expired') },
    expected: [
      `WATCHBOT_CREDENTIALS at stack ${STACK}`,
      `given:   ${CLOUDFORMATION} ExpiredToken: The security token is expired`,
      'do:      log in again, or name others with --aws-profile',
    ],
  },
  {
    name: 'a region that cannot be reached',
    environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    expected: [
      `WATCHBOT_UNREACHABLE at stack ${STACK}`,
      `given:   ${CLOUDFORMATION} ECONNREFUSED`,
      'allowed: a region of AWS that can be reached from here',
      `do:      see that there is a region ${REGION} (--region, provider.region), and the network`,
    ],
  },
  {
    name: "a proxy for the framework's calls that cannot be reached",
    environment: { HTTPS_PROXY: 'http://127.0.0.1:1' },
    expected: [`WATCHBOT_UNREACHABLE at stack ${STACK}`, `${CLOUDFORMATION} ECONNREFUSED`],
  },
  {
    name: 'no permission to look for images',
    answers: { DescribeImages: jsonRefusal('AccessDeniedException', 'not authorized') },
    expected: [
      `WATCHBOT_RIGHTS at image ${REPOSITORY}:`,
      'do:      give whoever deploys permission for ecr:DescribeImages; docs/permissions.md lists all of them',
    ],
  },
  {
    name: 'no permission to create a repository',
    answers: { CreateRepository: jsonRefusal('AccessDeniedException', 'not authorized') },
    expected: [
      `WATCHBOT_RIGHTS at repository ${REPOSITORY}`,
      `given:   ecr:CreateRepository and ecr:TagResource in ${REGION} was answered with AccessDeniedException`,
      'allowed: credentials with that permission',
      'do:      give whoever deploys permission for ecr:CreateRepository and ecr:TagResource',
    ],
  },
  {
    name: 'too many calls',
    answers: { DescribeImages: jsonRefusal('ThrottlingException', 'Rate exceeded') },
    environment: { SLS_AWS_REQUEST_MAX_RETRIES: '1' },
    expected: [
      `WATCHBOT_AWS at image ${REPOSITORY}:`,
      'was answered with ThrottlingException: Rate exceeded',
      'allowed: as many calls at a time as the account may make',
      'do:      wait a minute, then run the command again',
    ],
  },
];

describeWithPython('a deploy that goes wrong', () => {
  let moto: Moto;
  let service: TestService | undefined;

  beforeAll(async () => {
    moto = await startMoto();
  }, DEPLOY_MS);
  afterEach(async () => {
    await endFrameworks();
    service?.remove();
    await resetMoto(moto);
  });
  afterAll(() => moto.stop());

  async function expectNothingChanged(made: TestService, repositories: readonly string[] = []) {
    const { ecr, cloudFormation } = clientsFor(moto, REGION);
    await expect(cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }))).rejects.toThrow(
      'does not exist',
    );
    const { repositories: found = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    expect(found.map(({ repositoryName }) => repositoryName)).toEqual(repositories);
    expect(readdirSync(made.temporary)).toEqual([]);
  }

  it.each(CASES)(
    'says what to do: $name',
    async ({ answers = {}, environment, prepare, args = [], expected, leavesRepository = false }) => {
      const front = await startAwsFront(moto, answers);
      service = new TestService(front, 'minimal');
      prepare?.(service);
      const { code, output } = await service.run(['deploy', ...args], environment);
      await front.stop();
      for (const each of expected) {
        if (typeof each === 'string') expect(output).toContain(each);
        else expect(output).toMatch(each);
      }
      expect(code).toBe(1);
      expect(output).not.toMatch(/^\s+at .+\.js:\d+/m);
      expect(output).not.toContain('auth-token');
      await expectNothingChanged(service, leavesRepository ? [REPOSITORY] : []);
    },
    DEPLOY_MS,
  );

  it(
    'kills its engine on Ctrl-C, and does not change the stack',
    async () => {
      service = new TestService(moto, 'minimal');
      const run = service.start(['deploy', '--verbose'], { ENGINE_HANGS: 'build' });
      const line = await run.find(/build hangs in process \d+/, 30_000);
      const engine = Number(/\d+$/.exec(line)![0]);
      run.process.kill('SIGINT');
      const { code, output } = await run.ended;
      await whenEnded(engine);
      expect(code).toBe(1);
      expect(output).toContain('WATCHBOT_INTERRUPTED at the image');
      expect(output).toContain('do:      run the command again: what is done is not done again');
      expect(output).not.toMatch(/^\s+at .+\.js:\d+/m);
      await expectNothingChanged(service, [REPOSITORY]);
    },
    DEPLOY_MS,
  );

  it(
    'is not caused by an existing repository, which is used and left unchanged',
    async () => {
      const { ecr } = clientsFor(moto, REGION);
      await ecr.send(
        new CreateRepositoryCommand({ repositoryName: REPOSITORY, imageTagMutability: 'MUTABLE' }),
      );
      service = new TestService(moto, 'own-vpc');
      service.rename('minimal');
      const deployed = await service.run(['deploy', '--verbose']);
      expect(deployed).toMatchObject({ code: 0 });
      expect(deployed.output).toContain('built and pushed');
      expect(deployed.output).not.toContain('made');
      // The password does not appear even with --verbose.
      expect(deployed.output).not.toContain('auth-token');
      const removed = await service.run(['remove']);
      expect(removed).toMatchObject({ code: 0 });
      expect(removed.output).toContain(`Repository ${REPOSITORY} stays: it was not made for this stack`);
      const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
      expect(repositories).toMatchObject([{ repositoryName: REPOSITORY, imageTagMutability: 'MUTABLE' }]);
    },
    DEPLOY_MS,
  );
});
