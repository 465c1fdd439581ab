import { describe, expect, it } from '@jest/globals';
import { WORKER_RESOURCE_NAMES, type WorkerResource } from '../../src/config/logical-ids';
import { messagesOf, parse } from '../config/support';
import { single } from './support';

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
      Tags: [{ Key: 'a', Value: 'b' }],
    });
  });

  it('replaces lists', () => {
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
