import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { createTestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';

const bed = useTestBed();

/** Ends with one code after the other, whichever watcher starts it. */
function endsWith(codes: readonly number[]): string {
  const file = bed.folder.join('codes');
  writeFileSync(file, codes.join('\n'));
  return `code=$(head -n 1 '${file}'); sed -i 1d '${file}'; echo "$Message $MessageAttributes"; exit "$code"`;
}

describe('a message with maxReceives 3', () => {
  it('that says "not now" twice and then fails is no dead letter, and is done at last', async () => {
    const queue = await createTestQueue(bed.emulator, { maxReceives: 3 });
    const watcher = bed.start(queue, endsWith([4, 4, 1, 0]), { WatchbotMaxReceives: '3' });
    const kind = { DataType: 'String', StringValue: 'tile' };
    await queue.send('hello', { attributes: { kind } });

    await watcher.find('[failure]', 20_000);
    await watcher.find('[success]', 20_000);

    // Whoever works on it sees what its sender sent.
    const lines = watcher.all.filter((line) => line.includes('[worker]'));
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toContain('hello {"kind":{"Type":"String","Value":"tile"}}');
    expect(await watcher.stop()).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  }, 60_000);

  it('whose task is stopped twice and which then fails is none either, and has one copy at most in the queue', async () => {
    const queue = await createTestQueue(bed.emulator, { maxReceives: 3 });
    const environment = { WatchbotMaxReceives: '3' };
    await queue.send('hello');
    for (let stop = 0; stop < 2; stop += 1) {
      const stopped = bed.start(queue, 'echo started; exec sleep 600', environment);
      await stopped.find(/\[worker\].*started/);
      expect(await stopped.stop('SIGINT')).toBe(0);
      expect(await queue.counts()).toEqual({ visible: 1, inFlight: 0, dead: 0 });
    }
    const watcher = bed.start(queue, endsWith([1, 1, 0]), environment);
    await watcher.find('[success]', 30_000);
    expect(await watcher.stop()).toBe(0);
    expect(await queue.counts()).toEqual({ visible: 0, inFlight: 0, dead: 0 });
  }, 60_000);
});
