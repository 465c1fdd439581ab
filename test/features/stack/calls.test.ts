import { expect, it } from '@jest/globals';
import { sendBatch } from '../../../src/features/stack/calls';

it('sends again what was refused through no fault of ours, and says what is left in the end', async () => {
  const calls: string[][] = [];
  const failures = await sendBatch(['good', 'passing', 'wrong', 'never'], (entries) => {
    calls.push(entries.map(([, item]) => item));
    const refused = (item: string) =>
      item === 'never' || item === 'wrong' || (item === 'passing' && calls.length < 3);
    return Promise.resolve({
      Failed: entries
        .filter(([, item]) => refused(item))
        .map(([Id, item]) => ({ Id, Code: `no ${item}`, SenderFault: item === 'wrong' })),
    });
  });
  expect(calls[0]).toEqual(['good', 'passing', 'wrong', 'never']);
  expect(calls.slice(1)).toEqual([['passing', 'never'], ['passing', 'never'], ['never'], ['never']]);
  expect(failures).toEqual([
    { item: 'wrong', reason: 'no wrong' },
    { item: 'never', reason: 'no never' },
  ]);
});
