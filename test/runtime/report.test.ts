import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { describeThrown, reportOf, reportOfRejection, toJson } from '../../src/runtime/report';

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
    expect(reportOfRejection(new Error('x'))).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: x',
      stackTrace: expect.arrayContaining([expect.stringContaining('Error: x')]) as unknown,
    });
  });

  const unreadable = {
    toString: () => {
      throw new Error('no text');
    },
    big: 1n,
  };
  const getter = Object.defineProperty(new Error('x'), 'message', {
    get: () => {
      throw new Error('no message');
    },
  });

  it.each([
    ['an object that has no text', unreadable, 'object'],
    ['an object without a prototype', Object.create(null), 'object'],
    ['a symbol', Symbol('s'), 'symbol'],
    ['a function', () => 1, 'function'],
    ['an error whose message cannot be read', getter, 'Error'],
    [
      'an error whose stack is no text',
      Object.assign(new RangeError('x'), { stack: { a: 1 } }),
      'RangeError',
    ],
    ['an error whose name is no text', Object.assign(new RangeError('x'), { name: 5 }), 'Error'],
    ['an error of another realm', runInNewContext("new TypeError('x')") as unknown, 'TypeError'],
  ])('is reported and logged whatever it is: %s', (_name, thrown, errorType) => {
    expect(reportOf(thrown)).toMatchObject({ errorType, errorMessage: expect.any(String) as unknown });
    expect(reportOfRejection(thrown).errorMessage).toEqual(expect.any(String));
    expect(describeThrown(thrown)).toEqual(expect.any(String));
  });

  it('stands in the log with its stack', () => {
    expect(describeThrown(new Error('x'))).toMatch(/^Error: x\n +at /);
    expect(describeThrown('text')).toBe('text');
  });
});

describe('what a handler returns', () => {
  it.each([
    [undefined, 'null'],
    [null, 'null'],
    ['text', '"text"'],
    [{ batchItemFailures: [] }, '{"batchItemFailures":[]}'],
  ])('is sent as JSON: %p', (result, json) => {
    expect(toJson(result)).toBe(json);
  });

  it.each([[() => 1], [Symbol('s')], [1n], [circular]])('fails without any: %p', (result) => {
    expect(() => toJson(result)).toThrow(TypeError);
  });
});
