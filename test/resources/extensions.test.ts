import { describe, expect, it } from '@jest/globals';
import { parseConfiguration } from '../../src/config/parse';
import { EXTENDABLE_RESOURCES, type WorkerResource } from '../../src/config/names';
import { UserError } from '../../src/errors/user-error';
import { CONTEXT } from '../config/support';
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
];

describe('an extension is refused just where there is nothing to extend', () => {
  it.each(WITHOUT)('with %j', (section) => {
    const { has } = single(section);
    const refused = EXTENDABLE_RESOURCES.filter((resource) => {
      try {
        parseConfiguration({ command: 'true', ...section, extensions: { [resource]: { A: 1 } } }, CONTEXT);
        return false;
      } catch (error) {
        if (error instanceof UserError) return true;
        throw error;
      }
    });
    expect(refused).toEqual(EXTENDABLE_RESOURCES.filter((resource) => !has(resource as WorkerResource)));
  });
});
