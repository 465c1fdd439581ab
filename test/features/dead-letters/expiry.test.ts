import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { readLetter } from '../../../src/features/dead-letters/letter';
import { letterJson, letterTable, timeLeft } from '../../../src/features/dead-letters/text';

const DAY_MS = 86_400_000;
const SENT_MS = Date.UTC(2030, 0, 1);
const style = { colours: createColors(false), width: undefined };

const letter = (retentionSeconds?: number) =>
  readLetter({ MessageId: 'm', Body: 'x', Attributes: { SentTimestamp: String(SENT_MS) } }, retentionSeconds);
const kept14Days = letter(14 * 86_400);

describe('a dead letter expires', () => {
  it('so long after SQS’s time of its sending as its queue keeps messages', () => {
    expect(letterJson(kept14Days, SENT_MS)).toMatchObject({ expiresAt: '2030-01-15T00:00:00.000Z' });
    expect(letterJson(letter(60), SENT_MS)).toMatchObject({ expiresAt: '2030-01-01T00:01:00.000Z' });
    expect(letterJson(letter(), SENT_MS)).toMatchObject({ expiresAt: null });
  });

  it.each([
    [0, '14 d'],
    [13 * DAY_MS, '1 d'],
    [14 * DAY_MS - 7_200_000, '2 h'],
    // SQS may be late.
    [14 * DAY_MS, 'a moment'],
    [15 * DAY_MS, 'a moment'],
  ])('after %d ms in %s', async (laterMs, expected) => {
    expect(timeLeft(kept14Days, style, SENT_MS + laterMs)).toBe(expected);
    expect(await letterTable([kept14Days], style, SENT_MS + laterMs)).toMatch(
      new RegExp(`EXPIRES IN.*\n.* ${expected} `),
    );
  });

  it('is told in another colour two days before', () => {
    const coloured = { colours: createColors(true), width: undefined };
    expect(timeLeft(kept14Days, coloured, SENT_MS + 11 * DAY_MS)).toBe('3 d');
    expect(timeLeft(kept14Days, coloured, SENT_MS + 13 * DAY_MS)).not.toBe('1 d');
  });

  it('nobody knows when, if SQS does not say how long its queue keeps messages', () => {
    expect(timeLeft(letter(), style, SENT_MS)).toBe('?');
  });
});
