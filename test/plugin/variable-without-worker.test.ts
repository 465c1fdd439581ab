import { describe, expect, it } from '@jest/globals';
import { resolveVariable } from '../../src/plugin/resolve-variable';

const RENDER = { command: 'render' };

/** Reads properties as the framework does, from a file whose variables have the given values. */
const resolved = (address: string, section: unknown, values: unknown = section) =>
  resolveVariable(address, { section, functions: undefined }, ([, ...keys]) =>
    Promise.resolve(
      keys.reduce<unknown>(
        (value, key) => (value as Record<string, unknown> | undefined | null)?.[key],
        values,
      ),
    ),
  );

describe('a variable of a worker that is not made in this stage', () => {
  it.each<[string, unknown, unknown?]>([
    ['queueUrl', null],
    ['render.queueUrl', null],
    ['queueUrl', { enabled: false, ...RENDER }],
    ['queueUrl', { enabled: '${env:ON}', ...RENDER }, { enabled: 'false' }],
    ['queueUrl', '${self:custom.none, null}', null],
    ['render.queueUrl', { enabled: false, workers: { render: RENDER } }],
    ['render.queueUrl', { workers: null }],
    ['render.queueUrl', { workers: '${self:custom.none, null}' }, { workers: null }],
    ['render.queueUrl', { workers: { render: null, other: RENDER } }],
    ['render.queueUrl', { workers: { render: { enabled: false, ...RENDER }, other: RENDER } }],
    ['render.queueUrl', { workers: { render: '${self:custom.none, null}' } }, { workers: { render: null } }],
  ])('has no value: %s of %j', async (address, section, values = section) => {
    expect(await resolved(address, section, values)).toBeNull();
  });

  it.each([
    [{ workers: { render: RENDER } }],
    [{ enabled: true, workers: { render: { enabled: true, ...RENDER }, other: null } }],
  ])('has one beside it: %j', async (section) => {
    expect(await resolved('render.queueUrl', section)).toEqual({ Ref: 'RenderQueue' });
  });
});
