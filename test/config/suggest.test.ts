import { describe, expect, it } from '@jest/globals';
import { didYouMean, suggest } from '../../src/config/suggest';
import { SHARED_KEYS, WORKER_KEYS } from '../../src/config/schema/compiled';

const known = [...SHARED_KEYS, ...WORKER_KEYS];

describe('a misspelt name', () => {
  it.each([
    ['comand', 'command'],
    ['tpoic', 'topic'],
    ['Scaling', 'scaling'],
    ['stoptimeout', 'stopTimeout'],
    ['mount', 'mounts'],
    ['enviroment', 'environment'],
    ['cpus', 'cpu'],
    ['gpus', 'gpu'],
    ['event', 'events'],
    ['healthcheck', 'healthCheck'],
    ['handlers', 'handler'],
    ['entrypoint', 'entryPoint'],
    ['function', undefined],
    ['port', undefined],
    ['dlq', undefined],
    ['', undefined],
    ['__proto__', undefined],
  ])('%s most likely means %s', (given, meant) => {
    expect(suggest(given, known)).toBe(meant);
  });

  it('of three letters is not turned into the other one of a pair', () => {
    expect(suggest('min', ['max'])).toBeUndefined();
  });

  it('has no suggestion if no name is known', () => {
    expect(suggest('command', [])).toBeUndefined();
  });

  it('becomes a question', () => {
    expect(didYouMean('comand', known)).toBe('did you mean "command"?');
    expect(didYouMean('function', known)).toBeUndefined();
  });
});
