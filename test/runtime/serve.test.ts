import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createWatchOpen } from '../../src/runtime/serve';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const MINUTE_MS = 60_000;

it('what an invocation without a word waits for is told after a minute, once', () => {
  const lines: string[] = [];
  const watchOpen = createWatchOpen(
    () => ['Timeout', 'TCPSocketWrap', 'Timeout'],
    (line) => lines.push(line),
  );
  watchOpen()();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(lines).toEqual([]);
  watchOpen();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(lines).toEqual([expect.stringMatching(/after a minute there is still: Timeout, TCPSocketWrap$/)]);
  watchOpen();
  jest.advanceTimersByTime(MINUTE_MS);
  expect(lines).toHaveLength(1);
});
