import { expect, it } from '@jest/globals';
import { lossesOf, type StackTemplate } from '../../src/features/stack/losses';
import { build } from './support';

const policies = (section: object) =>
  Object.entries(build({ command: 'x', reduce: true, ...section }).Resources)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined)
    .map(([id, { DeletionPolicy, UpdateReplacePolicy }]) => [id, DeletionPolicy, UpdateReplacePolicy]);

it('lets AWS delete what a worker has, and keep what holds its data if it says so', () => {
  expect(policies({})).toEqual([]);
  expect(policies({ deletionPolicy: 'Delete' })).toEqual([]);
  const holding = ['Queue', 'DeadLetterQueue', 'LogGroup', 'ProgressTable'];
  expect(policies({ deletionPolicy: 'Retain' })).toEqual(
    holding.map((each) => [`Watchbot${each}`, 'RetainExceptOnCreate', 'Retain']),
  );
});

it('changes something else too, since CloudFormation does not take a policy that changes alone', () => {
  const { Resources } = build({ command: 'x', deletionPolicy: 'Retain' });
  expect(Resources.WatchbotQueue).toHaveProperty('Metadata');
});

it('loses nothing of such a worker when it goes', () => {
  const template = build({
    command: 'x',
    reduce: true,
    deletionPolicy: 'Retain',
  }) as unknown as StackTemplate;
  expect(lossesOf(template, {})).toEqual([]);
});
