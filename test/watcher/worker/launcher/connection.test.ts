import { expect, it } from '@jest/globals';
import { Pulse } from '../../../../src/watcher/worker/launcher/connection';
import { createFakeClock } from '../../../helpers/fake-clock';

function createPulse({ isAnswering = false } = {}) {
  const clock = createFakeClock();
  const said: string[] = [];
  const answers = { isAnswering };
  const pulse = new Pulse({
    clock,
    ping: () => {
      said.push('ping');
      if (answers.isAnswering) pulse.pong();
    },
    onSilence: (reason) => {
      said.push(reason);
    },
  });
  return { clock, said, pulse, answers };
}

it('waits two seconds for the first word, and says once that there was none', async () => {
  const { clock, said } = createPulse();
  await clock.advance(1_999);
  expect(said).toEqual([]);
  await clock.advance(60_000);
  expect(said).toEqual(['it does not answer']);
});

it('asks every ten seconds for as long as it is answered', async () => {
  const { clock, said, pulse } = createPulse({ isAnswering: true });
  pulse.hello();
  await clock.advance(600_000);
  expect(said).toEqual(Array.from({ length: 60 }, () => 'ping'));
});

it('asks three times in vain, and says once that nobody answers', async () => {
  const { clock, said, pulse } = createPulse();
  pulse.hello();
  await clock.advance(39_999);
  expect(said).toEqual(['ping', 'ping', 'ping']);
  await clock.advance(600_000);
  expect(said).toEqual(['ping', 'ping', 'ping', 'it has not answered for 30 seconds']);
});

it('counts anew after every answer', async () => {
  const { clock, said, pulse, answers } = createPulse();
  pulse.hello();
  for (let turn = 0; turn < 5; turn += 1) {
    answers.isAnswering = false;
    await clock.advance(30_000);
    pulse.pong();
    answers.isAnswering = true;
    await clock.advance(10_000);
  }
  expect(said).toEqual(Array.from({ length: 20 }, () => 'ping'));
});

it.each([{ isReady: false }, { isReady: true }])(
  'says nothing of one that has ended: %j',
  async ({ isReady }) => {
    const { clock, said, pulse } = createPulse();
    if (isReady) pulse.hello();
    pulse.stop();
    await clock.advance(600_000);
    expect(said).toEqual([]);
  },
);
