import { describe, expect, it } from '@jest/globals';
import { describeOff, enabledPart } from '../../src/config/enabled';

const RENDER = { command: 'render' };

describe('the part of a section that is made', () => {
  it.each<[string, unknown, string]>([
    ['no section', undefined, 'no `watchbot` section'],
    ['null', null, '`watchbot: null`'],
    ['a section that is switched off', { enabled: false, ...RENDER }, '`watchbot.enabled: false`'],
    ['the same from an environment variable', { enabled: 'false', ...RENDER }, '`watchbot.enabled: false`'],
    ['several that are switched off', { enabled: false, workers: { RENDER } }, '`watchbot.enabled: false`'],
    ...[null, undefined, {}, { a: null }, { a: null, b: { enabled: false, ...RENDER } }].map(
      (workers): [string, unknown, string] => [
        `workers: ${JSON.stringify(workers)}`,
        { notify: 'a@example.com', workers },
        '`watchbot.workers` without one that is there and enabled',
      ],
    ),
  ])('is nothing for %s', (_, section, reason) => {
    expect(enabledPart(section)).toBeUndefined();
    expect(describeOff(section)).toBe(reason);
  });

  it('is the other workers, with what they share', () => {
    const shared = { enabled: true, notify: 'a@example.com' };
    const workers = { a: null, b: { enabled: false, ...RENDER }, c: { enabled: true, ...RENDER }, d: RENDER };
    expect(enabledPart({ ...shared, workers })).toEqual({
      ...shared,
      workers: { c: workers.c, d: workers.d },
    });
  });

  // The schema tells what is wrong with them.
  it.each<unknown>([
    {},
    'text',
    [],
    RENDER,
    { workers: 'text' },
    { enabled: 'no', ...RENDER },
    { workers: { a: 'x' } },
  ])('is all of %j', (section) => {
    expect(enabledPart(section)).toEqual(section);
  });
});
