import { describe, expect, it } from '@jest/globals';
import { describeValue, formatProblem } from '../../src/errors/problem';
import { UserError } from '../../src/errors/user-error';

const circle: unknown[] = [];
circle.push(circle);

describe('a value in an error', () => {
  it.each([
    ['text', '"text"'],
    [5, '5'],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{ a: [1] }, '{"a":[1]}'],
    [10n, '10'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a\u001b[2Jb\n', '"a\\u001b[2Jb\\n"'],
  ])('%p is shown as %s', (value, shown) => {
    expect(describeValue(value)).toBe(shown);
  });

  it('is cut if it is long', () => {
    expect(describeValue('x'.repeat(200))).toBe(`"${'x'.repeat(78)}…`);
  });

  it('is shown even where JSON has no form for it', () => {
    expect(() => describeValue(circle)).not.toThrow();
  });
});

describe('a problem', () => {
  it('says code, place, given, allowed and what to do, as far as it knows', () => {
    const whole = {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: 'a.b',
      given: '1',
      allowed: '2',
      advice: 'add 1',
    } as const;
    expect(formatProblem(whole)).toBe(
      'WATCHBOT_OUT_OF_RANGE at a.b\n  given:   1\n  allowed: 2\n  do:      add 1',
    );
    expect(formatProblem({ code: 'WATCHBOT_SEND', place: 'queue' })).toBe('WATCHBOT_SEND at queue');
  });

  it('is an error of its own, which keeps its cause', () => {
    const cause = new Error('refused');
    const error = UserError.of({ code: 'WATCHBOT_SEND', place: 'queue' }, cause);
    expect(error).toMatchObject({
      name: 'ServerlessError',
      code: 'WATCHBOT_SEND',
      message: 'WATCHBOT_SEND at queue',
      cause,
    });
    expect('cause' in UserError.of({ code: 'WATCHBOT_SEND', place: 'queue' })).toBe(false);
  });
});
