import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from '@jest/globals';
import type { Clients } from '../../src/features/stack/clients';
import type { StackTemplate } from '../../src/features/stack/losses';
import { guardStack, mayDelete } from '../../src/plugin/guard-stack';
import type { Serverless, Utils } from '../../src/plugin/framework';

const STACK = { StackStatus: 'UPDATE_COMPLETE', Tags: [{ Key: 'STAGE', Value: 'dev' }] };
const VOTES: StackTemplate = { Resources: { Votes: { Type: 'AWS::DynamoDB::Table' } } };
const RENDER: StackTemplate = {
  Resources: { RenderLogGroup: { Type: 'AWS::Logs::LogGroup' } },
  Outputs: { RenderQueueUrl: { Description: 'URL of the queue of worker render' } },
};

interface Given {
  /** Undefined: there is no stack. */
  stack?: object | undefined;
  /** Undefined: it may not be read, nor may the resources be listed. */
  deployed?: StackTemplate | undefined;
  next?: StackTemplate;
  allow?: string;
  workers?: readonly string[] | undefined;
}

/** What a deploy says, how it ends, and what it asks AWS for before it does anything. */
async function deploy({ stack, deployed, next = {}, allow, workers }: Given) {
  const calls: string[] = [];
  const said: string[] = [];
  const refused = (name: string, message: string) =>
    Promise.reject(Object.assign(new Error(message), { name }));
  const send = ({ constructor: { name } }: object) => {
    calls.push(name.replace('Command', ''));
    if (name === 'DescribeStacksCommand') {
      return stack === undefined
        ? refused('ValidationError', 'Stack tiles-dev does not exist')
        : Promise.resolve({ Stacks: [stack] });
    }
    return deployed !== undefined && name === 'GetTemplateCommand'
      ? Promise.resolve({ TemplateBody: JSON.stringify(deployed) })
      : refused('AccessDenied', 'no');
  };
  const client = Object.assign(Object.create(CloudFormationClient.prototype) as CloudFormationClient, {
    send,
  });
  const say = (text: string) => void said.push(text);
  const provider = {
    naming: { getStackName: () => 'tiles-dev' },
    getRegion: () => 'us-east-1',
    getStage: () => 'dev',
  };
  const error = await guardStack({
    serverless: {
      serviceDir: '/nowhere',
      getProvider: () => provider,
      service: { provider: { compiledCloudFormationTemplate: next }, package: {} },
    } as unknown as Serverless,
    options: allow === undefined ? {} : { 'allow-loss': allow },
    utils: { log: { notice: say, warning: say } } as unknown as Utils,
    clients: { cloudFormation: () => Promise.resolve(client) } as Clients,
    workers,
  }).catch((thrown: unknown) => thrown as Error & { code: string });
  return { calls, said, code: error?.code, message: error?.message ?? '' };
}

const WORKERS = ['render'];

it('asks once in a first deploy', async () => {
  expect(await deploy({ workers: WORKERS })).toMatchObject({
    calls: ['DescribeStacks'],
    said: [],
    code: undefined,
  });
});

it('asks twice in a deploy that deletes nothing', async () => {
  const { calls, said, code } = await deploy({
    stack: STACK,
    deployed: VOTES,
    next: VOTES,
    workers: WORKERS,
  });
  expect({ calls, said, code }).toEqual({
    calls: ['DescribeStacks', 'GetTemplate'],
    said: [],
    code: undefined,
  });
});

it('stops one that would lose something, and takes only all of it by its names', async () => {
  const given = { stack: STACK, deployed: VOTES, workers: WORKERS };
  const { code, message } = await deploy(given);
  expect(code).toBe('WATCHBOT_LOSS');
  expect(message).toContain('  sls deploy --stage dev --region us-east-1 --allow-loss Votes\n');
  expect((await deploy({ ...given, allow: 'Others, Vote' })).code).toBe('WATCHBOT_LOSS');
  const allowed = await deploy({ ...given, allow: 'Others, Votes' });
  expect(allowed).toMatchObject({ code: undefined, said: ['What is lost by this deploy was named: Votes'] });
});

it('stops one to a stack of somebody else, and takes its name for leave', async () => {
  const given = { stack: { ...STACK, Tags: [] }, deployed: {}, workers: WORKERS };
  const { code, message } = await deploy(given);
  expect(code).toBe('WATCHBOT_FOREIGN_STACK');
  expect(message).toContain('--allow-loss tiles-dev\n');
  expect((await deploy({ ...given, allow: 'tiles-dev' })).code).toBeUndefined();
});

it('goes on where nothing may be looked at, and says so in one line', async () => {
  expect(await deploy({ stack: STACK, workers: WORKERS })).toMatchObject({
    code: undefined,
    said: [
      'Stack tiles-dev was not compared with what is deployed now, for want of cloudformation:GetTemplate, cloudformation:ListStackResources: what the deploy would delete is not known',
    ],
  });
});

it('leaves a service without a section alone, unless it had workers', async () => {
  expect(await deploy({ stack: { ...STACK, Tags: [] }, deployed: VOTES })).toMatchObject({
    code: undefined,
    said: [],
  });
  expect(await deploy({ stack: STACK })).toMatchObject({ code: undefined, said: [] });
  const stack = { ...STACK, Outputs: [{ OutputKey: 'RenderQueueUrl' }] };
  expect((await deploy({ stack, deployed: RENDER })).code).toBe('WATCHBOT_LOSS');
});

describe('a service without a worker', () => {
  it('asks once in a deploy to a stack without one', async () => {
    expect((await deploy({ stack: STACK, deployed: VOTES })).calls).toEqual(['DescribeStacks']);
    expect((await deploy({})).calls).toEqual(['DescribeStacks']);
  });

  const may = (didCreateService?: boolean, shouldNotDeploy?: boolean) =>
    mayDelete({
      getProvider: () => ({ didCreateService }),
      service: { provider: { shouldNotDeploy } },
    } as unknown as Serverless);

  it('asks nothing in a first deploy, and in one that changes nothing', () => {
    expect([may(), may(false, false), may(true), may(false, true)]).toEqual([true, true, false, false]);
  });
});

it('tells of the log group that goes with a function, and does not stop for it', async () => {
  const deployed: StackTemplate = {
    Resources: {
      UploadLogGroup: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/lambda/tiles-dev-upload' },
      },
      UploadLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: { FunctionName: 'tiles-dev-upload' },
      },
    },
  };
  const { UploadLambdaFunction } = deployed.Resources!;
  const given = { stack: STACK, deployed, workers: WORKERS };
  expect(await deploy(given)).toMatchObject({
    code: undefined,
    said: ['Log group UploadLogGroup goes with this deploy, as what writes to it does'],
  });
  const next = { Resources: { UploadLambdaFunction: UploadLambdaFunction! } };
  expect((await deploy({ ...given, next })).code).toBe('WATCHBOT_LOSS');
});
