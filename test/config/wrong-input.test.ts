import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ServiceContext } from '../../src/config/configuration';
import { ERROR_CODES } from '../../src/errors/codes';
import { formatProblem } from '../../src/errors/problem';
import { expectGolden, expectNoOrphans } from '../helpers/golden';
import { parseYaml } from '../helpers/yaml';
import { nameLists, showLists } from './allowed-lists';
import { CONTEXT, errorOf, messagesOf, parse } from './support';

const C = { command: 'true' };

/**
 * Wrong sections, as their users type them, each with a golden beside it: what its user reads. A file may have
 * `provider`, too, if the section is wrong because of it.
 */
const FOLDER = path.join(__dirname, 'wrong');
const fileOf = (name: string, extension: 'yml' | 'txt') => path.join(FOLDER, `${name}.${extension}`);
const LISTS = fileOf('lists', 'txt');

const WRONG = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yml'))
  .map((file) => file.replace(/\.yml$/, ''))
  .sort();

describe('a wrong `watchbot` section', () => {
  it.each(WRONG)('is reported: %s', (name) => {
    const { section, context } = readInput(name);
    const messages = messagesOf(section, context).join('\n\n');
    expectGolden(fileOf(name, 'txt'), `${nameLists(messages)}\n`);
  });

  it.each(WRONG)('is not changed: %s', (name) => {
    const { section, context } = readInput(name);
    const before = structuredClone(section);
    errorOf(deepFreeze(section), context);
    expect(section).toEqual(before);
  });

  it.each(WRONG)('is a user error, with codes of the registry: %s', (name) => {
    const { section, context } = readInput(name);
    const error = errorOf(section, context);
    expect(error).toMatchObject({ name: 'ServerlessError', code: 'WATCHBOT_CONFIGURATION' });
    expect(error.problems.filter(({ code }) => !ERROR_CODES.includes(code))).toEqual([]);
    expect(error.message).toContain(error.problems.map(formatProblem).join('\n\n'));
  });

  it('is reported with long lists in full, which the goldens only name', () => {
    expectGolden(LISTS, showLists());
  });

  it('has its golden, and no golden is without its section', () => {
    const known = WRONG.flatMap((name) => [fileOf(name, 'yml'), fileOf(name, 'txt')]);
    expectNoOrphans(FOLDER, [...known, LISTS]);
  });
});

describe('what the service around the section has', () => {
  it.each([
    [63, false, 'ok'],
    [64, false, 'too long'],
    [58, true, 'ok'],
    [59, true, 'too long'],
  ])('is a stack name of %i characters: with fifo %s its names are %s', (length, fifo, outcome) => {
    const section = { workers: { t: { ...C, queue: { fifo } } } };
    const stackName = 's'.repeat(length);
    if (outcome === 'ok') {
      expect(() => parse(section, { stackName })).not.toThrow();
      return;
    }
    const name = `${stackName}-TDeadLetterQueue${fifo ? '.fifo' : ''}`;
    expect(messagesOf(section, { stackName })).toEqual([
      [
        'WATCHBOT_NAME_TOO_LONG at watchbot.workers.t',
        `  given:   ${name} (81 characters) as the name of the dead-letter queue`,
        '  allowed: at most 80 characters',
        "  do:      shorten the service's, the stage's or the worker's name, of what is not deployed yet: a new name is a new queue",
      ].join('\n'),
    ]);
  });

  it('counts only the queue if there are no dead letters', () => {
    const section = { ...C, queue: { fifo: true, deadLetter: false } };
    const [text] = messagesOf(section, { stackName: 's'.repeat(62) });
    expect(text).toContain('-WatchbotQueue.fifo (81 characters) as the name of the queue');
  });
});

describe('many mistakes at once', () => {
  const section = {
    notify: 'oncall',
    cluster: 'my cluster',
    workers: {
      tiles: {
        ...C,
        queue: { dealy: 5, deadLetter: false },
        memory: 'much',
        cpu: 4096,
        scaling: { min: 5 },
        alarms: { cpu: true },
        secrets: { KEY: 'a b' },
      },
      'render tiles': { mounts: ['/usr'], permissions: [{ Action: [5], Resource: '*' }, 7] },
      empty: null,
    },
  };

  it('come together, those of the schema first', () => {
    expect(errorOf(section).problems.map(({ code, place }) => `${code} ${place}`)).toEqual([
      'WATCHBOT_WRONG_TYPE watchbot.workers.tiles.memory',
      'WATCHBOT_UNKNOWN_KEY watchbot.workers.tiles.queue.dealy',
      'WATCHBOT_WRONG_TYPE watchbot.workers.tiles.alarms.cpu',
      'WATCHBOT_WRONG_TYPE watchbot.workers["render tiles"].permissions[0].Action[0]',
      'WATCHBOT_WRONG_TYPE watchbot.workers["render tiles"].permissions[1]',
      'WATCHBOT_WRONG_TYPE watchbot.workers.empty',
      'WATCHBOT_CONTRADICTION watchbot.workers.tiles.scaling.min',
      'WATCHBOT_CONTRADICTION watchbot.workers.tiles.queue.deadLetter',
      'WATCHBOT_MALFORMED watchbot.workers.tiles.secrets.KEY',
      'WATCHBOT_MISSING_KEY watchbot.workers["render tiles"].command',
      'WATCHBOT_MALFORMED watchbot.workers["render tiles"].mounts[0]',
      'WATCHBOT_MALFORMED watchbot.cluster',
      'WATCHBOT_MALFORMED watchbot.notify',
      'WATCHBOT_MALFORMED watchbot.workers["render tiles"]',
    ]);
  });

  it('say nothing across keys about what the schema has refused', () => {
    const places = errorOf(section).problems.map(({ code, place }) => `${code} ${place}`);
    // cpu 4096 with the default memory.
    expect(places.filter((place) => /FARGATE_SIZE|\.Sid/.test(place))).toEqual([]);
  });

  it('are counted in the first line', () => {
    expect(errorOf(section).message).toMatch(/^The watchbot section has 14 errors:\n\nWATCHBOT_/);
    expect(errorOf(null).message).toMatch(/^The watchbot section has an error:\n\nWATCHBOT_/);
  });

  it.each([
    ['a key beside `workers:`', { workers: { tiles: C }, command: 'true', notify: 'oncall' }],
    [
      'a key of nested settings that is also a worker key',
      { ...C, queue: { command: 'x' }, notify: 'oncall' },
    ],
    ['the only worker', { workers: { tiles: 5 }, notify: 'oncall' }],
    ['all of `workers:`', { workers: [], notify: 'oncall' }],
    ['a list that is empty without what is wrong in it', { ...C, vpc: { subnets: [5] }, notify: 'oncall' }],
  ])('do not keep the rules from running: %s', (_title, given) => {
    expect(errorOf(given).problems.map(({ place }) => place)).toContain('watchbot.notify');
  });
});

/** A wrong section, with what its file says about the rest of the service. */
function readInput(name: string): { section: unknown; context: Partial<ServiceContext> } {
  const text = readFileSync(fileOf(name, 'yml'), 'utf8');
  const { watchbot: section, provider = {}, ...others } = parseYaml(text);
  const { vpc, ecr, ...own } = provider as ProviderInput;
  // A key that the plugin does not read would look as if it mattered.
  const unread = [...Object.keys(others), ...Object.keys(own).filter((key) => !(key in CONTEXT))];
  if (unread.length > 0) throw new Error(`${name}.yml has what is not read: ${unread.join(', ')}`);
  return { section, context: { ...own, providerVpc: vpc, providerImages: ecr?.images } };
}

/** Keys of `provider` that the plugin reads. */
interface ProviderInput extends Partial<
  Pick<ServiceContext, 'stage' | 'region' | 'stackName' | 'architecture' | 'tags'>
> {
  vpc?: ServiceContext['providerVpc'];
  ecr?: { images?: ServiceContext['providerImages'] };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
