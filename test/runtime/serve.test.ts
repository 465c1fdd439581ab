import { expect, it } from '@jest/globals';
import { createWatchOpen } from '../../src/runtime/serve';
import { createFakeClock } from '../helpers/fake-clock';

const MINUTE_MS = 60_000;

it('what an invocation without a word waits for is told after a minute, once', async () => {
  const lines: string[] = [];
  const clock = createFakeClock();
  const watchOpen = createWatchOpen(
    clock,
    () => ['Timeout', 'TCPSocketWrap', 'Timeout'],
    (line) => lines.push(line),
  );
  watchOpen()();
  await clock.advance(MINUTE_MS);
  expect(lines).toEqual([]);
  watchOpen();
  await clock.advance(MINUTE_MS);
  expect(lines).toEqual([expect.stringMatching(/after a minute there is still: Timeout, TCPSocketWrap$/)]);
  watchOpen();
  await clock.advance(MINUTE_MS);
  expect(lines).toHaveLength(1);
});
