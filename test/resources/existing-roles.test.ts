import { describe, expect, it } from '@jest/globals';
import { neededRoles } from '../../src/resources/needed-roles';
import { parse } from '../config/support';
import { OWN_RESOURCES, SECTIONS } from './sections';
import { build, single } from './support';

const ARN = 'arn:aws:iam::123456789012:role/team/jobs';
const EVERYTHING = [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'iam' } }];
const withWebhookRole = (role: unknown) => [
  { schedule: 'rate(1 day)' },
  { webhook: { authorization: 'iam', role } },
];

/** Each form in which a role may be given, and what the template has of it. */
const FORMS: [unknown, unknown][] = [
  [ARN, ARN],
  ['JobRole', { 'Fn::GetAtt': ['JobRole', 'Arn'] }],
  [{ 'Fn::GetAtt': ['JobRole', 'Arn'] }, { 'Fn::GetAtt': ['JobRole', 'Arn'] }],
  [{ 'Fn::ImportValue': 'job-role' }, { 'Fn::ImportValue': 'job-role' }],
  [
    { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/jobs' },
    { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/jobs' },
  ],
  [
    { Ref: 'JobRole' },
    // An ARN, whether `Ref` gives a name or an ARN.
    {
      'Fn::Sub': [
        'arn:${Rest}',
        {
          Rest: {
            'Fn::Select': [
              1,
              {
                'Fn::Split': [
                  'arn:',
                  {
                    'Fn::Sub': [
                      '${Name}arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}',
                      { Name: { Ref: 'JobRole' } },
                    ],
                  },
                ],
              },
            ],
          },
        },
      ],
    },
  ],
];

describe.each(FORMS)('roles given as %j', (given, expected) => {
  const { Resources, of, has } = single({
    role: given,
    executionRole: given,
    schedulerRole: given,
    events: withWebhookRole(given),
  });

  it('are taken, and no role is made', () => {
    expect(of('taskDefinition')).toMatchObject({ TaskRoleArn: expected, ExecutionRoleArn: expected });
    expect(of('awakeSchedule').Target).toMatchObject({ RoleArn: expected });
    expect(of('webhookIntegration')).toMatchObject({ CredentialsArn: expected });
    expect(Resources.WatchbotSchedule1?.Properties?.Target).toMatchObject({ RoleArn: expected });
    expect(Object.values(Resources).filter(({ Type }) => Type === 'AWS::IAM::Role')).toEqual([]);
    expect(has('service')).toBe(true);
  });
});

it('one role that is given leaves the others as they are', () => {
  const { of, has } = single({ executionRole: ARN });
  expect([has('taskRole'), has('executionRole')]).toEqual([true, false]);
  expect(of('taskDefinition')).toMatchObject({
    TaskRoleArn: { 'Fn::GetAtt': ['WatchbotTaskRole', 'Arn'] },
    ExecutionRoleArn: ARN,
  });
});

it('the role for keeping queues awake is for the workers that have none given', () => {
  const workers = { a: { command: 'true' }, b: { command: 'true', schedulerRole: ARN } };
  const { Resources } = build({ workers });
  const resources = JSON.stringify(Resources.WatchbotAwakeRole?.Properties?.Policies);
  expect(resources).toContain('AQueue');
  expect(resources).not.toContain('BQueue');
});

describe('what a role must be is what the plugin makes', () => {
  it.each(Object.entries(SECTIONS))('%s', (_, section) => {
    const whole = { command: 'true', ...section };
    const { Resources } = build(whole);
    const made = (id: string) => Resources[id]?.Properties;
    const needed = neededRoles(parse(whole, { resources: OWN_RESOURCES }));
    const bodyOf = (key: string) => {
      const found = needed.find((role) => role.key === key && role.existing === undefined)?.body.Properties;
      return found && (JSON.parse(JSON.stringify(found)) as object);
    };
    expect(bodyOf('role')).toEqual(made('WatchbotTaskRole'));
    expect(bodyOf('executionRole')).toEqual(made('WatchbotExecutionRole'));
    expect(bodyOf('events.webhook.role')).toEqual(made('WatchbotWebhookRole'));
    const policies = [made('WatchbotScheduleRole'), made('WatchbotAwakeRole')].flatMap(
      (role) => (role?.Policies as object[] | undefined) ?? [],
    );
    expect((bodyOf('schedulerRole') as { Policies?: object[] } | undefined)?.Policies ?? []).toEqual(
      policies,
    );
  });

  it('is told of roles that are given, too', () => {
    const keys = { role: ARN, executionRole: ARN, schedulerRole: ARN, events: withWebhookRole(ARN) };
    const given = neededRoles(parse({ command: 'true', ...keys }));
    expect(given.map(({ key, existing }) => [key, existing])).toEqual([
      ['role', ARN],
      ['executionRole', ARN],
      ['schedulerRole', ARN],
      ['events.webhook.role', ARN],
    ]);
    const made = neededRoles(parse({ command: 'true', events: EVERYTHING }));
    expect(given.map(({ body }) => body)).toEqual(made.map(({ body }) => body));
  });
});
