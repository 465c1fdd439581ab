import { describe, expect, it } from '@jest/globals';
import { Belongings } from '../../../src/features/local/belongings';
import { systemClock } from '../../../src/shared/clock';
import { createDeferred } from '../../helpers/deferred';
import { createFakeClock } from '../../helpers/fake-clock';

const setUp = (clock: ConstructorParameters<typeof Belongings>[0]['clock'] = systemClock) => {
  const told: string[] = [];
  return { told, own: new Belongings({ clock, onTrouble: (text) => void told.push(text) }) };
};

describe('what a local run has acquired', () => {
  it('is given back, the last first, and what has one name at the same time', async () => {
    const { own } = setUp();
    const released: string[] = [];
    const watchers = createDeferred();
    await own.acquire(
      'emulator',
      () => 'e',
      () => released.push('emulator'),
    );
    await own.acquire(
      'watchers',
      () => 'a',
      () => watchers.promise.then(() => released.push('a')),
    );
    await own.acquire(
      'watchers',
      () => 'b',
      () => {
        released.push('b');
        watchers.resolve();
      },
    );
    own.add('listener', () => released.push('listener'));
    await own.close();
    expect(released).toEqual(['listener', 'b', 'a', 'emulator']);
  });

  it('is given back, too, if it comes only after the end', async () => {
    const { own } = setUp();
    const coming = createDeferred<string>();
    const released: string[] = [];
    const acquired = own.acquire(
      'folder',
      () => coming.promise,
      (name) => released.push(name),
    );
    const closed = own.close();
    coming.resolve('late');
    await Promise.all([acquired, closed]);
    expect(released).toEqual(['late']);
    await expect(
      own.acquire(
        'folder',
        () => 'x',
        () => undefined,
      ),
    ).rejects.toThrow('after the end');
  });

  it('is given back although another one fails, or takes for ever', async () => {
    const clock = createFakeClock();
    const { own, told } = setUp(clock);
    const released: string[] = [];
    own.add('first', () => released.push('first'));
    own.add('stuck', () => new Promise(() => undefined));
    own.add('broken', () => Promise.reject(new Error('no')));
    const closed = own.close();
    await clock.advance(20_000);
    await closed;
    expect(released).toEqual(['first']);
    expect(told).toEqual(['broken could not be given back: no', 'stuck could not be given back in time']);
  });
});
