import { afterAll, afterEach, expect, it } from '@jest/globals';
import { startBench, type CommandBench } from '../../helpers/command-bench';
import { endFrameworks, removeServices } from '../../helpers/framework';

let bench: CommandBench;
afterEach(async () => {
  await endFrameworks();
  await bench.stop();
});
afterAll(removeServices);

const COUNT = 10_000;
const KILL_AFTER = 3000;
/** Eight receive at once, ten messages each: what may be sent and not deleted at any moment. */
const MOST_TWICE = 80;

it('loses none of 10,000 if a replay is killed, and repeats only what was under way', async () => {
  bench = await startBench('fates');
  await bench.buryMany(Array.from({ length: COUNT }, (_, index) => `message ${index}`));
  const killed = bench.start(['dead-letter', 'replay']);
  let sent = 0;
  while (sent < KILL_AFTER) sent = (await bench.counts(bench.workUrl)).visible;
  killed.process.kill('SIGKILL');
  expect((await killed.ended).code).toBe('SIGKILL');
  const cut = (await bench.counts(bench.workUrl)).visible;
  expect(cut).toBeLessThan(COUNT);
  // What it held comes back by itself, within half a minute.
  let left = 1;
  while (left > 0) {
    const { code } = await bench.run(['dead-letter', 'replay']);
    expect(code).toBe(0);
    const { visible, inFlight } = await bench.counts(bench.deadUrl);
    left = visible + inFlight;
  }
  const bodies = (await bench.takeAll(bench.workUrl)).map(({ Body }) => Body);
  const twice = bodies.length - new Set(bodies).size;
  expect(new Set(bodies).size).toBe(COUNT);
  expect(twice).toBeLessThanOrEqual(MOST_TWICE);
  console.log(`killed after ${cut} of ${COUNT}: none lost, ${twice} twice`);
}, 150_000);
