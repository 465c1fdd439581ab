import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { startBench, type CommandBench } from '../../helpers/command-bench';
import { endFrameworks, removeServices } from '../../helpers/framework';
import { itWithPython3 } from '../../helpers/python';
import { Key } from '../../helpers/terminal';

let bench: CommandBench;

beforeEach(async () => {
  bench = await startBench('fates');
});
afterEach(async () => {
  await endFrameworks();
  await bench.stop();
});
afterAll(removeServices);

const ASKS = 'give it back and end';

itWithPython3('shows one by one, and does what is chosen', async () => {
  for (const body of ['one', 'two', 'three']) await bench.bury(body);
  const triage = bench.terminal(['dead-letter', 'triage']);
  expect(await triage.see(ASKS)).toMatch(/About 3 dead letters in queue[^]*id +[0-9a-f-]{36}[^]*\none\n/);
  // Only the one that is shown is held.
  expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 2, inFlight: 1 });
  triage.type(Key.down + Key.enter);
  await triage.see(/\ntwo\n[^]*give it back and end/);
  triage.type(Key.enter);
  await triage.see(/\nthree\n[^]*give it back and end/);
  // The one that was skipped is back.
  expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 1, inFlight: 1 });
  triage.type(Key.down + Key.down + Key.enter);
  expect(await triage.see('left in queue')).toMatch(
    /No more dead letters[^]*1 replayed, 1 deleted, 1 skipped/,
  );
  expect(await triage.ended).toBe(0);
  expect((await bench.takeAll(bench.workUrl)).map(({ Body }) => Body)).toEqual(['one']);
  expect((await bench.takeAll(bench.deadUrl)).map(({ Body }) => Body)).toEqual(['two']);
});

const ENDS: Record<string, (triage: ReturnType<CommandBench['terminal']>) => void> = {
  'Ctrl-C': (triage) => triage.type(Key.controlC),
  stop: (triage) => triage.type(Key.down.repeat(3) + Key.enter),
  'a closed terminal': (triage) => {
    triage.close();
  },
};

for (const [name, end] of Object.entries(ENDS)) {
  itWithPython3(`gives back what it holds at once at ${name}`, async () => {
    for (const body of ['one', 'two']) await bench.bury(body);
    const triage = bench.terminal(['dead-letter', 'triage']);
    await triage.see(ASKS);
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 1, inFlight: 1 });
    end(triage);
    await triage.ended;
    expect(await bench.counts(bench.deadUrl)).toEqual({ visible: 2, inFlight: 0 });
    expect(await bench.counts(bench.workUrl)).toEqual({ visible: 0, inFlight: 0 });
  });
}

it('is for a terminal', async () => {
  const { output, code } = await bench.run(['dead-letter', 'triage']);
  expect(output).toContain('no terminal to ask at');
  expect(code).toBe(1);
});
