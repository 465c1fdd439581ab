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

const deadLetterArn = (queue: Record<string, unknown>) =>
  resolveVariable(
    'render.deadLetterQueueArn',
    { section: { workers: { render: {} } }, functions: undefined },
    (path) => Promise.resolve(path.includes('queue') ? queue[path.at(-1)!] : undefined),
  );

it('names the ARN of the dead-letter queue, be it made or there already', async () => {
  expect(await deadLetterArn({})).toEqual({ 'Fn::GetAtt': ['RenderDeadLetterQueue', 'Arn'] });
  const existing = 'arn:aws:sqs:us-east-1:123456789012:dead';
  expect(await deadLetterArn({ deadLetter: existing })).toBe(existing);
  await expect(deadLetterArn({ deadLetter: false })).rejects.toThrow('no dead-letter queue');
});
