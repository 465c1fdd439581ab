import { expect, it } from '@jest/globals';
import { resolveVariable } from '../../src/plugin/resolve-variable';

const logGroupOf = (functions: unknown, workers = { render: {} }) =>
  resolveVariable('render.logGroup', { section: { workers }, functions }, () => Promise.resolve(undefined));

it.each([
  ['there is none', undefined],
  ['they have other names', { renderTiles: {}, 'render-': {} }],
  ['the one of its name has no log group', { render: { disableLogs: true } }],
])('names the log group of a worker, beside functions: %s', async (_, functions) => {
  expect(await logGroupOf(functions)).toEqual({ Ref: 'RenderLogGroup' });
});

it.each([[{ render: { handler: 'a.b' } }], [{ Render: {} }], [[{ other: {} }, { render: {} }]]])(
  'names the log group of a worker beside a function of its name: %j',
  async (functions) => {
    expect(await logGroupOf(functions)).toEqual({ Ref: 'RenderWatchbotLogGroup' });
  },
);
