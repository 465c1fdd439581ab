import { describe, expect, it } from '@jest/globals';
import { createBatcher } from '../../../src/watcher/settle/settle';
import { createFakeClock } from '../../helpers/fake-clock';

function start(lingerMs = 50, send = (entries: readonly number[]) => Promise.resolve(entries.map(String))) {
  const clock = createFakeClock();
  const sent: (readonly number[])[] = [];
  const batcher = createBatcher<number, string>({
    clock,
    lingerMs,
    send: (entries) => {
      sent.push(entries);
      return send(entries);
    },
  });
  return { clock, sent, add: (entry: number) => batcher.add(entry) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('entries', () => {
  it('are sent one by one where none is waited for', async () => {
    const { sent, add } = start(0);
    expect(await Promise.all([add(1), add(2)])).toEqual(['1', '2']);
    expect(sent).toEqual([[1], [2]]);
  });

  it('wait for others, from the first on', async () => {
    const { clock, sent, add } = start();
    const first = add(1);
    await clock.advance(40);
    const second = add(2);
    await clock.advance(9);
    expect(sent).toEqual([]);
    await clock.advance(1);
    expect(await Promise.all([first, second])).toEqual(['1', '2']);
    expect(sent).toEqual([[1, 2]]);
  });

  it('go at once when ten are together, and leave no timer behind', async () => {
    const { clock, sent, add } = start();
    const ten = numbers(10).map(add);
    expect(await Promise.all(ten)).toEqual(numbers(10).map(String));
    await clock.advance(30);
    const next = add(10);
    await clock.advance(30);
    expect(sent).toHaveLength(1);
    await clock.advance(20);
    expect(await next).toBe('10');
    expect(sent).toEqual([numbers(10), [10]]);
  });

  it('are sent while an earlier batch is under way', async () => {
    const { clock, sent, add } = start(50, () => new Promise<string[]>(() => undefined));
    void add(1);
    await clock.advance(50);
    void add(2);
    await clock.advance(50);
    expect(sent).toEqual([[1], [2]]);
  });

  it('fail with their own batch, and with no other', async () => {
    const { clock, add } = start(50, (entries) =>
      entries.includes(1) ? Promise.reject(new Error('cut')) : Promise.resolve(entries.map(String)),
    );
    const bad = [add(1), add(2)].map((entry) => entry.catch((error: unknown) => (error as Error).message));
    await clock.advance(50);
    const good = add(3);
    await clock.advance(50);
    expect(await Promise.all([...bad, good])).toEqual(['cut', 'cut', '3']);
  });
});
