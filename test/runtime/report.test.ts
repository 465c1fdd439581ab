import { describe, expect, it } from '@jest/globals';
import { describeThrown, reportOf } from '../../src/runtime/report';

const circular: { self?: unknown } = {};
circular.self = circular;

describe('what a handler throws', () => {
  it.each([
    [new TypeError('x'), 'TypeError', 'x'],
    ['text', 'string', 'text'],
    [{ code: 7 }, 'object', '{"code":7}'],
    [undefined, 'undefined', 'undefined'],
    [null, 'object', 'null'],
    [circular, 'object', '[object Object]'],
    [7n, 'bigint', '7'],
  ])('is reported: %p', (thrown, errorType, errorMessage) => {
    expect(reportOf(thrown)).toMatchObject({ errorType, errorMessage });
  });

  it('has a type of its own where nobody has caught it', () => {
    expect(reportOf(new Error('x'), 'Runtime.UnhandledPromiseRejection')).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'x',
      stackTrace: expect.arrayContaining([expect.stringContaining('Error: x')]) as unknown,
    });
  });

  it('stands in the log with its stack', () => {
    expect(describeThrown(new Error('x'))).toMatch(/^Error: x\n +at /);
    expect(describeThrown('text')).toBe('text');
  });
});
