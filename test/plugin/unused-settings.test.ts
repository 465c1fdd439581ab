import { describe, expect, it } from '@jest/globals';
import { unusedSettings } from '../../src/plugin/unused-settings';

const PROVIDER = {
  memorySize: 1024,
  timeout: 30,
  environment: { TABLE: 'votes' },
  iam: { role: 'arn:aws:iam::123456789012:role/functions' },
};
const ALL_SAID = { memory: 512, maxJobDuration: 0, role: 'A', executionRole: 'B' };

describe('what workers do not take of the provider', () => {
  it('is told in one sentence, with the keys that do it', () => {
    expect(unusedSettings(PROVIDER, { command: 'true' })).toBe(
      'Of `provider`, workers do not take memorySize (`memory`), timeout (`maxJobDuration`), environment (`providerEnvironment: true` takes it), iam.role (`role` and `executionRole`): these are for functions',
    );
  });

  it.each<[string, object, object]>([
    ['the provider says nothing', {}, { command: 'true' }],
    ['it has no variables', { environment: {} }, { command: 'true' }],
    ['its role is one that the framework makes', { iam: { role: { path: '/a/' } } }, { command: 'true' }],
    ['the worker says it itself', PROVIDER, { ...ALL_SAID, providerEnvironment: true }],
    [
      'each worker does',
      PROVIDER,
      { providerEnvironment: false, workers: { a: ALL_SAID, b: ALL_SAID, c: null } },
    ],
  ])('is nothing if %s', (_, provider, section) => {
    expect(unusedSettings(provider, section)).toBeUndefined();
  });

  it('is told if one of the workers leaves it open', () => {
    const workers = { a: ALL_SAID, b: { ...ALL_SAID, maxJobDuration: undefined } };
    expect(unusedSettings(PROVIDER, { providerEnvironment: false, workers })).toBe(
      'Of `provider`, workers do not take timeout (`maxJobDuration`): these are for functions',
    );
  });

  it.each([[{ 'Fn::ImportValue': 'role' }], [{ Ref: 'Role' }]])('knows an existing role by %j', (role) => {
    expect(unusedSettings({ iam: { role } }, { command: 'true' })).toContain('iam.role');
  });
});
