import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { formatProblem } from '../../../src/errors/problem';
import type { Clients } from '../../../src/features/stack/clients';
import { heldData, lookAtStack } from '../../../src/features/stack/held-data';
import { lossProblems } from '../../../src/features/stack/loss-problems';
import { lossesOf, type Loss, type StackTemplate } from '../../../src/features/stack/losses';

const denied = () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' }));

interface Account {
  /** Templates by the name of the stack; undefined where they may not be read. */
  templates?: Record<string, object | string> | undefined;
  /** Physical ids by logical id, by the name of the stack. */
  stacks?: Record<string, Record<string, string>> | undefined;
  /** Messages by URL; where they may not be counted, null. */
  queues?: Record<string, number | null>;
}

/** An account as the clients show it, and the calls that were made. */
function account({ templates, stacks, queues = {} }: Account) {
  const calls: string[] = [];
  const templateOf = (body: object | string | undefined) => {
    if (body === undefined) return denied();
    return Promise.resolve({ TemplateBody: typeof body === 'string' ? body : JSON.stringify(body) });
  };
  const attributesOf = (count: number | null | undefined) => {
    if (count === null) return denied();
    return count === undefined
      ? Promise.reject(Object.assign(new Error('no queue'), { name: 'QueueDoesNotExist' }))
      : Promise.resolve({ Attributes: { ApproximateNumberOfMessages: String(count) } });
  };
  const listOf = (resources: Record<string, string> | undefined) => {
    if (resources === undefined) return denied();
    const StackResourceSummaries = Object.entries(resources).map(([id, physical]) => ({
      LogicalResourceId: id,
      PhysicalResourceId: physical,
      ResourceType: id.includes('Queue') ? 'AWS::SQS::Queue' : 'AWS::DynamoDB::Table',
      ResourceStatus: physical === 'gone' ? 'DELETE_COMPLETE' : 'CREATE_COMPLETE',
    }));
    return Promise.resolve({ StackResourceSummaries });
  };
  const send = ({ constructor: { name }, input }: { constructor: { name: string }; input: object }) => {
    calls.push(name);
    const { StackName = '', QueueUrl = '' } = input as { StackName?: string; QueueUrl?: string };
    if (name === 'GetTemplateCommand') return templateOf(templates?.[StackName]);
    if (name === 'GetQueueAttributesCommand') return attributesOf(queues[QueueUrl]);
    return listOf(stacks?.[StackName]);
  };
  const client = Object.assign(Object.create(CloudFormationClient.prototype) as CloudFormationClient, {
    send,
  });
  const clients = { sqs: () => Promise.resolve({ send } as unknown as SQSClient) } as Clients;
  return { calls, clients, ref: { client, stackName: 'tiles-dev', region: 'us-east-1' } };
}

const TABLE = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'votes' } };
const QUEUE = { Type: 'AWS::SQS::Queue' };
const NESTED = { Type: 'AWS::CloudFormation::Stack' };

describe('a look at what is deployed', () => {
  it('is one call', async () => {
    const { ref, calls } = account({ templates: { 'tiles-dev': { Resources: { Votes: TABLE } } } });
    expect(await lookAtStack(ref)).toEqual({
      template: { Resources: { Votes: TABLE }, nested: {} },
      lacking: [],
    });
    expect(calls).toEqual(['GetTemplateCommand']);
  });

  it('goes into the stacks in it', async () => {
    const { ref } = account({
      templates: {
        'tiles-dev': { Resources: { Data: NESTED } },
        'arn:data': { Resources: { Votes: TABLE } },
      },
      stacks: { 'tiles-dev': { Data: 'arn:data' } },
    });
    const { template } = await lookAtStack(ref);
    expect(template?.nested?.Data).toMatchObject({ Resources: { Votes: TABLE } });
  });

  it.each<[string, Account['templates'], string[]]>([
    ['may not be read', undefined, ['cloudformation:GetTemplate']],
    ['is no JSON, and so not of the framework', { 'tiles-dev': 'Resources:\n  Votes: {}' }, []],
  ])('takes the list of resources where the template %s', async (_, templates, lacking) => {
    const { ref } = account({ templates, stacks: { 'tiles-dev': { Votes: 'votes', Old: 'gone' } } });
    expect(await lookAtStack(ref)).toEqual({
      template: { Resources: { Votes: { Type: 'AWS::DynamoDB::Table' } } },
      lacking,
    });
  });

  it('says what it lacks', async () => {
    expect(await lookAtStack(account({}).ref)).toEqual({
      template: undefined,
      lacking: ['cloudformation:GetTemplate', 'cloudformation:ListStackResources'],
    });
  });
});

describe('what would be lost', () => {
  const URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';
  const removed = (path: string[], type: string): Loss => ({ path, type, reason: { how: 'removed' } });
  const heldIn = async (given: Account, ...losses: Loss[]) => {
    const { clients, ref, calls } = account(given);
    const held = await heldData({ clients, ref }, losses);
    return { calls, held: held.map(({ path, name, count }) => [path.join('/'), name, count]) };
  };

  it('is not asked for if nothing is', async () => {
    expect(await heldIn({})).toEqual({ calls: [], held: [] });
  });

  it.each([
    [4, 4],
    [0, 0],
    [null, undefined],
    [undefined, 0],
  ])('is %s messages of a queue: %s', async (messages, count) => {
    const queues = messages === undefined ? {} : { [URL]: messages };
    const { held, calls } = await heldIn(
      { stacks: { 'tiles-dev': { Jobs: URL } }, queues },
      removed(['Jobs'], QUEUE.Type),
    );
    expect(held).toEqual([['Jobs', 'jobs', count]]);
    expect(calls).toEqual(['ListStackResourcesCommand', 'GetQueueAttributesCommand']);
  });

  it('is not what the stack does not have, by a condition or since it is gone', async () => {
    const stacks = { 'tiles-dev': { Votes: 'votes', Old: 'gone' } };
    const losses = ['Votes', 'Old', 'Never'].map((id) => removed([id], TABLE.Type));
    expect((await heldIn({ stacks }, ...losses)).held).toEqual([['Votes', 'votes', undefined]]);
  });

  it('is all that is named where the stack may not be listed', async () => {
    expect((await heldIn({}, removed(['Votes'], TABLE.Type))).held).toEqual([['Votes', 'Votes', undefined]]);
  });

  it('is not what keeps its name, which is only written in another way', async () => {
    const written = (after: unknown): Loss => ({
      path: ['Votes'],
      type: TABLE.Type,
      reason: {
        how: 'replaced',
        property: 'TableName',
        before: { 'Fn::Sub': '${AWS::StackName}-votes' },
        after,
      },
    });
    const stacks = { 'tiles-dev': { Votes: 'tiles-dev-votes' } };
    expect((await heldIn({ stacks }, written('tiles-dev-votes'))).held).toEqual([]);
    expect((await heldIn({ stacks }, written('tiles-votes'))).held).toHaveLength(1);
  });

  it('is found in a stack of the stack', async () => {
    const stacks = { 'tiles-dev': { Data: 'arn:data' }, 'arn:data': { Votes: 'votes' } };
    expect((await heldIn({ stacks }, removed(['Data', 'Votes'], TABLE.Type))).held).toEqual([
      ['Data/Votes', 'votes', undefined],
    ]);
  });
});

describe('the words for it', () => {
  const BEFORE: StackTemplate = {
    Resources: { RenderQueue: QUEUE, RenderLogGroup: { Type: 'AWS::Logs::LogGroup' }, Votes: TABLE },
    Outputs: { RenderQueueUrl: { Description: 'URL of the queue of worker render' } },
  };
  const told = (after: StackTemplate, workers: string[] = []) => {
    const held = lossesOf(BEFORE, after).map((loss) => ({
      ...loss,
      name: loss.path.at(-1)!.toLowerCase(),
      count: loss.type === QUEUE.Type ? 12 : undefined,
    }));
    return lossProblems(held, { template: BEFORE, workers }).map(formatProblem);
  };

  it('say of a worker that is gone how to keep what it holds', () => {
    const [problem] = told({ Resources: { Votes: TABLE } });
    expect(problem).toBe(
      [
        'WATCHBOT_LOSS at worker render',
        '  given:   deleted: SQS Queue renderqueue, with 12 messages',
        '           deleted: Logs LogGroup renderloggroup, with log lines (not counted)',
        '  allowed: a deploy that deletes nothing of it, or is told to',
        '  do:      put the worker back beside the new one (a worker that is renamed is a new one, with a new queue), and take it out when its queues are empty:',
        '             sls watchbot status --worker render',
        '           Or deploy it once with this, and take it out then: AWS keeps what it holds, outside of the stack:',
        '             watchbot:',
        '               workers:',
        '                 render:',
        '                   deletionPolicy: Retain',
      ].join('\n'),
    );
  });

  it('say of a worker that stays to have another beside it', () => {
    const [problem] = told({ Resources: { Votes: TABLE } }, ['render']);
    expect(problem).toContain(
      'set back what has changed, and give the new settings to a worker of another name',
    );
  });

  it('say of a resource of the owner’s how to keep it', () => {
    const { RenderQueue, RenderLogGroup } = BEFORE.Resources!;
    expect(told({ Resources: { RenderQueue: RenderQueue!, RenderLogGroup: RenderLogGroup! } })).toEqual([
      [
        'WATCHBOT_LOSS at Votes',
        '  given:   deleted: DynamoDB Table votes, with items (not counted)',
        '  allowed: a deploy that does not delete it, or is told to',
        '  do:      put it back, deploy once with this, and take it out then: AWS keeps it, outside of the stack',
        '             resources:',
        '               Resources:',
        '                 Votes:',
        '                   DeletionPolicy: Retain',
        '                   UpdateReplacePolicy: Retain',
        '                   Metadata: { kept: true } # CloudFormation does not see a policy that changes alone',
      ].join('\n'),
    ]);
  });

  it('say of a resource that changes what to set back', () => {
    const [problem] = told({
      Resources: { ...BEFORE.Resources, Votes: { ...TABLE, Properties: { TableName: 'b' } } },
    });
    expect(problem).toContain('since TableName changes from "votes" to "b"');
    expect(problem).toContain(
      'set TableName back to "votes"; what needs another TableName gets another logical id, beside this one',
    );
  });
});
