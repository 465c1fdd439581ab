import { describe, expect, it } from '@jest/globals';
import { WORKER_RESOURCE_NAMES, type WorkerResource } from '../../src/config/logical-ids';
import { messagesOf, parse } from '../config/support';
import { single, type Properties } from './support';

const extended = (resource: WorkerResource, properties: object, section: object = {}) =>
  single({ ...section, extensions: { [resource]: properties } }).of(resource);

describe('an extension', () => {
  it('merges maps, and leaves the rest as it is', () => {
    const before = single().of('service');
    const after = extended('service', {
      DeploymentConfiguration: { MaximumPercent: 150 },
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect(after).toEqual({
      ...before,
      DeploymentConfiguration: { ...before.DeploymentConfiguration, MaximumPercent: 150 },
      Tags: [...before.Tags, { Key: 'a', Value: 'b' }],
    });
  });

  it('adds a container beside the watcher, and changes the watcher by its name', () => {
    const [watcher] = single().of('taskDefinition').ContainerDefinitions;
    const xray = { Name: 'xray', Image: 'xray', Essential: false };
    const dependsOn = { DependsOn: [{ ContainerName: 'xray', Condition: 'START' }] };
    const ContainerDefinitions = [xray, { Name: 'watchbot', ...dependsOn }];
    expect(extended('taskDefinition', { ContainerDefinitions }).ContainerDefinitions).toEqual([
      { ...watcher, ...dependsOn },
      xray,
    ]);
  });

  it.each([
    ['Environment', 'Name', { Name: 'QueueUrl', Value: 'x' }, { Name: 'MORE', Value: 'y' }],
    ['Secrets', 'Name', { Name: 'A', ValueFrom: '/b' }, { Name: 'B', ValueFrom: '/b' }],
    ['MountPoints', 'ContainerPath', { ContainerPath: '/tmp', ReadOnly: true }, { ContainerPath: '/efs' }],
    ['Ulimits', 'Name', { Name: 'nofile', SoftLimit: 9 }, { Name: 'core', SoftLimit: 0, HardLimit: 0 }],
  ])('merges the %s of the watcher by their %s', (list, key, changed, added) => {
    type Entry = Record<string, unknown>;
    const section = { secrets: { A: '/a' } };
    const listOf = (task: Properties) => task.ContainerDefinitions[0][list] as Entry[];
    const before = listOf(single(section).of('taskDefinition'));
    const ContainerDefinitions = [{ Name: 'watchbot', [list]: [changed, added] }];
    expect(listOf(extended('taskDefinition', { ContainerDefinitions }, section))).toEqual([
      ...before.map((entry) =>
        entry[key] === (changed as Entry)[key] ? { ...entry, ...(changed as Entry) } : entry,
      ),
      added,
    ]);
  });

  it.each([
    ['taskDefinition', 'Volumes', { Name: 'efs', EFSVolumeConfiguration: { FilesystemId: 'fs-1' } }],
    ['taskRole', 'Policies', { PolicyName: 'more', PolicyDocument: {} }],
    ['placementRule', 'Targets', { Id: 'more', Arn: 'arn:aws:sqs:us-east-1:123456789012:x' }],
    ['service', 'Tags', { 'Fn::If': ['IsProd', { Key: 'a', Value: 'b' }, { Ref: 'AWS::NoValue' }] }],
  ] as const)('of the %s adds to its %s', (resource, list, added) => {
    const before = (single().of(resource)[list] ?? []) as object[];
    expect(extended(resource, { [list]: [added] })[list]).toEqual([...before, added]);
  });

  it('merges statements by their Sid', () => {
    const [policy] = single().of('taskRole').Policies;
    const PolicyDocument = {
      Statement: [
        { Sid: 'MoreWork', Effect: 'Deny' },
        { Sid: 'Own', Action: 's3:GetObject' },
      ],
    };
    const { Statement } = policy.PolicyDocument;
    expect(extended('taskRole', { Policies: [{ PolicyName: 'watcher', PolicyDocument }] }).Policies).toEqual([
      {
        ...policy,
        PolicyDocument: {
          ...policy.PolicyDocument,
          Statement: [
            ...(Statement as { Sid: string }[]).map((entry) =>
              entry.Sid === 'MoreWork' ? { ...entry, Effect: 'Deny' } : entry,
            ),
            { Sid: 'Own', Action: 's3:GetObject' },
          ],
        },
      },
    ]);
  });

  it('replaces lists of what has no name, and takes a list away by an empty one', () => {
    expect(extended('queueSizeAlarm', { Dimensions: [] }).Dimensions).toEqual([]);
    expect(extended('service', { CapacityProviderStrategy: [{ CapacityProvider: 'X' }] })).toMatchObject({
      CapacityProviderStrategy: [{ CapacityProvider: 'X' }],
    });
  });

  it.each([
    ['a function by another', 'queue', { RedrivePolicy: { deadLetterTargetArn: { Ref: 'Other' } } }],
    ['a map by a function', 'queue', { RedrivePolicy: { 'Fn::If': ['A', {}, { Ref: 'AWS::NoValue' }] } }],
    ['a text by a map', 'logGroup', { LogGroupName: { 'Fn::Sub': '${AWS::StackName}-log' } }],
    ['a list by a function', 'service', { CapacityProviderStrategy: { Ref: 'Strategy' } }],
    ['a function by a list', 'taskDefinition', { TaskRoleArn: ['x'] }],
  ] as const)('replaces %s', (_what, resource, properties) => {
    const [[key, value]] = Object.entries(properties) as [[string, Record<string, unknown>]];
    const result = extended(resource, properties)[key];
    if (key === 'RedrivePolicy' && 'deadLetterTargetArn' in value) {
      expect(result).toEqual({ deadLetterTargetArn: { Ref: 'Other' }, maxReceiveCount: 10 });
    } else expect(result).toEqual(value);
  });

  it('may set what the plugin itself never sets', () => {
    expect(extended('service', { DesiredCount: 1 })).toMatchObject({ DesiredCount: 1 });
  });

  it('reaches no prototype', () => {
    extended(
      'queue',
      JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as object,
    );
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('an extension that takes the watcher away is refused', () => {
  const watcher = (properties: object) => ({ ContainerDefinitions: [{ Name: 'watchbot', ...properties }] });

  it.each([
    ['no container', { ContainerDefinitions: [] }],
    ['a function for all containers', { ContainerDefinitions: { 'Fn::If': ['A', [], []] } }],
    ['another entry point', watcher({ EntryPoint: ['sh', '-c'] })],
    ['another command', watcher({ Command: ['./render'] })],
    ['an entry point by a function', watcher({ EntryPoint: { Ref: 'Entry' } })],
  ])('%s', (_what, taskDefinition) => {
    expect(messagesOf({ command: 'true', extensions: { taskDefinition } })).toEqual([
      expect.stringMatching(
        /^WATCHBOT_WATCHER_LOST at watchbot\.extensions\.taskDefinition\.ContainerDefinitions\n {2}given: .*/,
      ),
    ]);
  });

  it('but nothing else is', () => {
    for (const taskDefinition of [
      { ContainerDefinitions: [{ Name: 'xray', Image: 'xray', EntryPoint: ['/xray'] }] },
      watcher({ User: '1000', DockerLabels: { team: 'maps' } }),
    ]) {
      expect(() => parse({ command: 'true', extensions: { taskDefinition } })).not.toThrow();
    }
  });
});

/** Sections that leave something out. */
const WITHOUT = [
  {},
  { topic: false },
  { queue: { fifo: true } },
  { queue: { fifo: true }, topic: true },
  { queue: { fifo: true, deadLetter: false } },
  { alarms: { deadLetter: false, workerErrors: false } },
  { alarms: { queueSize: false, memory: false, cpu: false } },
  { alarms: { deadLetterGrowth: false }, dashboard: false },
  { reduce: true, sender: true },
  { scaling: { max: 2 } },
  { scaling: { min: 3, max: 3 } },
  { scaling: { max: 9, steps: [{ messages: 1, tasks: 9 }] } },
  { scaling: { max: 9, compatibility: 'watchbot' } },
  { scaling: { max: 9, groups: 3 }, concurrency: 3, queue: { fifo: true } },
  { queue: { encryption: 'KMS' } },
  { queue: { encryption: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' } },
  { queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' } },
  {
    queue: {
      arn: 'arn:aws:sqs:us-east-1:123456789012:jobs',
      deadLetter: 'arn:aws:sqs:us-east-1:123456789012:dead',
    },
  },
  { queue: { deadLetter: 'arn:aws:sqs:us-east-1:123456789012:dead' } },
  { topic: false, events: [{ sns: 'arn:aws:sns:us-east-1:123456789012:news' }] },
  { events: [{ schedule: 'rate(1 day)' }] },
  ...['apiKey', 'iam', 'none', { jwt: { issuer: 'https://id.example.com', audience: ['tiles'] } }].map(
    (authorization) => ({ events: [{ webhook: { authorization } }] }),
  ),
];

describe('an extension is refused just if there is nothing to extend', () => {
  it.each(WITHOUT)('with %j', (section) => {
    const { has } = single(section);
    for (const resource of WORKER_RESOURCE_NAMES) {
      const extended = { command: 'true', ...section, extensions: { [resource]: { A: 1 } } };
      if (has(resource)) expect(() => parse(extended)).not.toThrow();
      else {
        // With the reason, in the words of the section.
        expect(messagesOf(extended).join()).toMatch(
          new RegExp(`properties of the ${resource}, which this worker does not have: .*`),
        );
      }
    }
  });
});
