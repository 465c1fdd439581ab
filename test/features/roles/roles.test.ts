import { describe, expect, it } from '@jest/globals';
import type { ServiceContext } from '../../../src/config/configuration';
import type { CommandRun } from '../../../src/features/command/command';
import { runRoles } from '../../../src/features/roles/roles';
import { parse } from '../../config/support';

async function run(section: object, options: object = {}, context: Partial<ServiceContext> = {}) {
  const written: string[] = [];
  const code = await runRoles({
    configuration: parse(section, context),
    options,
    voice: { writeText: (text: string) => void written.push(text) },
  } as unknown as CommandRun);
  return { code, text: written.join('\n') };
}

interface Printed {
  worker: string;
  key: string;
  existing: string | null;
  trust: { Statement: object[] };
  policy: { Statement: { Sid?: string; Resource: unknown }[] };
}

const rolesOf = async (section: object, context?: Partial<ServiceContext>, options: object = {}) =>
  JSON.parse((await run(section, { json: true, ...options }, context)).text) as Printed[];

/** What is allowed on what, by the names of statements. */
const resourcesOf = ({ policy }: Printed) =>
  Object.fromEntries(policy.Statement.map(({ Sid = '', Resource }) => [Sid, Resource]));

const OWN = 'arn:aws:iam::123456789012:role/jobs';

describe('the roles that are printed', () => {
  it('name what the stack will have by its name, and the account as what is to be put in', async () => {
    const section = {
      command: 'true',
      reduce: true,
      events: [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'iam' } }],
      secrets: { KEY: { ssm: { Ref: 'Key' } } },
      permissions: [{ Action: 's3:GetObject', Resource: { 'Fn::Sub': '${Bucket.Arn}/*' }, Sid: 'Read' }],
    };
    const [task, execution, scheduler, webhook] = await rolesOf(section);
    const queue = 'arn:aws:sqs:us-east-1:<ACCOUNT_ID>:tiles-dev-WatchbotQueue';
    expect(resourcesOf(task!)).toMatchObject({
      Messages: queue,
      MoreWork: 'arn:aws:sns:us-east-1:<ACCOUNT_ID>:tiles-dev-WatchbotTopic',
      Progress: 'arn:aws:dynamodb:us-east-1:<ACCOUNT_ID>:table/tiles-dev-Watchbot-progress',
      ScaleInProtection: 'arn:aws:ecs:us-east-1:<ACCOUNT_ID>:task/tiles-dev-WatchbotCluster-*/*',
      Read: '<Bucket.Arn>/*',
    });
    expect(resourcesOf(execution!)).toMatchObject({
      WriteLog: 'arn:aws:logs:us-east-1:<ACCOUNT_ID>:log-group:tiles-dev-us-east-1-watchbot:*',
      ReadParameters: ['arn:aws:ssm:us-east-1:<ACCOUNT_ID>:parameter/<Key>'],
    });
    expect(resourcesOf(scheduler!)).toEqual({ Send: queue, KeepAwake: queue });
    expect(resourcesOf(webhook!)).toEqual({ Send: queue });
    expect([task, execution, scheduler, webhook].map((role) => role!.trust.Statement[0])).toMatchObject([
      { Principal: { Service: 'ecs-tasks.amazonaws.com' } },
      { Principal: { Service: 'ecs-tasks.amazonaws.com' } },
      { Principal: { Service: 'scheduler.amazonaws.com' } },
      { Principal: { Service: 'apigateway.amazonaws.com' } },
    ]);
  });

  it('have no function of CloudFormation in them', async () => {
    const section = { command: 'true', queue: { encryption: 'KMS' }, environment: { A: { Ref: 'Other' } } };
    for (const [region, partition] of [
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
    ]) {
      const text = JSON.stringify(await rolesOf(section, { region: region! }));
      expect(text).not.toMatch(/"(Ref|Fn::\w+)"|\$\{/);
      expect(text).toContain(`arn:${partition!}:sqs:${region!}:`);
      expect(text).toContain('<WatchbotQueueKey.Arn>');
    }
  });

  it('are those that exist as well as those that are made, of all workers or of one', async () => {
    const workers = { a: { command: 'true', role: OWN, scaling: { awake: false } }, b: { command: 'true' } };
    expect((await rolesOf({ workers })).map(({ worker, key, existing }) => [worker, key, existing])).toEqual([
      ['a', 'role', OWN],
      ['a', 'executionRole', null],
      ['b', 'role', null],
      ['b', 'executionRole', null],
      ['b', 'schedulerRole', null],
    ]);
    expect((await rolesOf({ workers }, {}, { worker: 'a' })).map(({ key }) => key)).toEqual([
      'role',
      'executionRole',
    ]);
    await expect(run({ workers }, { worker: 'c' })).rejects.toThrow('WATCHBOT_UNKNOWN_WORKER');
  });
});

it('has each name of a statement once, whatever the user calls his own', async () => {
  const permissions = [{ Sid: 'Messages', Action: 's3:GetObject', Resource: '*' }];
  const [task] = await rolesOf({ command: 'true', permissions });
  const names = task!.policy.Statement.flatMap(({ Sid }) => Sid ?? []);
  expect(names).toEqual([...new Set(names)]);
  expect(task!.policy.Statement.at(-1)).toEqual({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
});

it('text says whose a role is, and has documents to paste', async () => {
  const { code, text } = await run({
    command: 'true',
    executionRole: 'JobRole',
    managedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  });
  expect(code).toBe(0);
  const parts = text.split(/^#.*$/m).map((part) => part.trim());
  expect(parts.filter((part) => part !== '').map((part) => JSON.parse(part) as unknown)).toHaveLength(6);
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '# watchbot: role, which the stack makes',
    '# who takes it:',
    '# what it must allow:',
    '# and these policies: arn:aws:iam::aws:policy/ReadOnlyAccess',
    '# watchbot: executionRole, <JobRole.Arn>',
    '# who takes it:',
    '# what it must allow:',
    '# watchbot: schedulerRole, which the stack makes',
    '# who takes it:',
    '# what it must allow:',
  ]);
});

it('text has AWS’s own policy of a role that needs no other, and no policy without a statement', async () => {
  const { text } = await run({ command: 'true', volumes: { scratch: { ebs: '500GB', path: '/scratch' } } });
  const [, role = ''] = /(# watchbot: infrastructureRole[^]*?)\n\n# watchbot/.exec(text) ?? [];
  expect(role.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '# watchbot: infrastructureRole, which the stack makes',
    '# who takes it:',
    '# and these policies: arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes',
  ]);
  expect(role).toContain('"Service": "ecs.amazonaws.com"');
});
