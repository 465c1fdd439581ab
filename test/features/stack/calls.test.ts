import { expect, it } from '@jest/globals';
import { sendBatch } from '../../../src/features/stack/calls';
import { createFakeClock } from '../../helpers/fake-clock';

it('sends again what was refused through no fault of ours, and says what is left in the end', async () => {
  const calls: string[][] = [];
  const clock = createFakeClock();
  const sending = sendBatch(clock, ['good', 'passing', 'wrong', 'never'], (entries) => {
    calls.push(entries.map(([, item]) => item));
    const refused = (item: string) =>
      item === 'never' || item === 'wrong' || (item === 'passing' && calls.length < 3);
    return Promise.resolve({
      Failed: entries
        .filter(([, item]) => refused(item))
        .map(([Id, item]) => ({ Id, Code: `no ${item}`, SenderFault: item === 'wrong' })),
    });
  });
  await clock.advance(2_999);
  expect(calls).toHaveLength(4);
  await clock.advance(1);
  const failures = await sending;
  expect(calls[0]).toEqual(['good', 'passing', 'wrong', 'never']);
  expect(calls.slice(1)).toEqual([['passing', 'never'], ['passing', 'never'], ['never'], ['never']]);
  expect(failures).toEqual([
    { item: 'wrong', reason: 'no wrong' },
    { item: 'never', reason: 'no never' },
  ]);
});
