import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { letterJson } from '../../../src/features/dead-letters/text';
import { visibleOutput, visibleVoice } from '../../../src/features/command/terminal-text';
import { UserError } from '../../../src/errors/user-error';
import type { Letter } from '../../../src/features/dead-letters/letter';

const HOSTILE = 'a\u009b2J\u007f\u202eb\u2066c\u200bd\u2028e\u061c';

const DANGEROUS = /[\x7f-\x9f\u061c\u200b\u2028\u202e\u2066]/;

/** What a voice has said. */
function listen() {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const log = { notice: say, warning: say, error: say, info: say };
  const progress = { get: () => ({ notice: say, remove: () => undefined }) };
  return { said, voice: visibleVoice({ writeText: say, log, progress }) };
}

describe('what a command says', () => {
  it.each(['notice', 'warning', 'error', 'info'] as const)('has nothing hidden in it: %s', (kind) => {
    const { said, voice } = listen();
    voice.log[kind](HOSTILE);
    expect(said.join('')).not.toMatch(DANGEROUS);
    expect(JSON.parse(`"${said.join('')}"`)).toBe(HOSTILE);
  });

  it('keeps its lines and its colours, and no other sequence', () => {
    const { red } = createColors(true);
    expect(visibleOutput(`${red('a')}\nb\u001b[2J`)).toBe(`${red('a')}\nb\\u001b[2J`);
  });

  it('is the same JSON, of a dead letter too, with nothing raw in it', () => {
    const letter = {
      ...{ id: '1', sentAt: new Date(0), receives: 1, sizeBytes: 1, body: HOSTILE, groupId: HOSTILE },
      attributes: { [HOSTILE]: { DataType: 'String', StringValue: HOSTILE } },
    } as unknown as Letter;
    const { said, voice } = listen();
    voice.writeText(JSON.stringify(letterJson(letter, 0)));
    expect(said.join('')).not.toMatch(DANGEROUS);
    expect(JSON.parse(said.join(''))).toEqual(letterJson(letter, 0));
  });
});

it('an error that quotes what was given has nothing hidden in it', () => {
  const error = UserError.of({ code: 'WATCHBOT_ARGUMENTS', place: HOSTILE, given: HOSTILE, advice: 'a\nb' });
  expect(`${error.message}${error.stack}`).not.toMatch(DANGEROUS);
  expect(error.message).toContain('a\nb');
  expect(error.problems[0]?.given).toBe(HOSTILE);
});
