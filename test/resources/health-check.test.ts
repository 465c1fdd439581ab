import { describe, expect, it } from '@jest/globals';
import { HEALTH_COMMAND, HEALTH_SOCKET } from '../../src/contract/image';
import { single } from './support';

const checkOf = (section: object) =>
  (single(section).of('taskDefinition').ContainerDefinitions as Record<string, unknown>[])[0]?.HealthCheck;
const DEFAULTS = { Interval: 30, Timeout: 10, Retries: 3, StartPeriod: 30 };
const OWN = ['CMD', ...HEALTH_COMMAND];

describe('the health check', () => {
  it.each<[string, unknown, object]>([
    ['unless told otherwise', undefined, { ...DEFAULTS, Command: OWN }],
    ['with `true`', true, { ...DEFAULTS, Command: OWN }],
    [
      'with times',
      { interval: 60, timeout: 10, retries: 5, startPeriod: 0 },
      { Command: OWN, Interval: 60, Timeout: 10, Retries: 5, StartPeriod: 0 },
    ],
    [
      'with a shell line',
      { command: 'curl -f localhost' },
      { ...DEFAULTS, Command: ['CMD-SHELL', 'curl -f localhost'] },
    ],
    ['with arguments', { command: ['check', '--all'] }, { ...DEFAULTS, Command: ['CMD', 'check', '--all'] }],
  ])('%s', (_how, healthCheck, expected) => {
    expect(checkOf(healthCheck === undefined ? {} : { healthCheck })).toEqual(expected);
  });

  it('of the watcher needs no shell: an image may have none', () => {
    expect(OWN[1]).toMatch(/^\/.*\/ld\.so$/);
  });

  it('can be switched off', () => {
    expect(checkOf({ healthCheck: false })).toBeUndefined();
  });

  it.each<[string, unknown, string | undefined]>([
    ['its own check', true, HEALTH_SOCKET],
    ['its own check at other times', { interval: 60 }, HEALTH_SOCKET],
    ['the user’s', { command: ['check'] }, undefined],
    ['none', false, undefined],
  ])('has an answer from the watcher just where ECS asks it: %s', (_whose, healthCheck, expected) => {
    const variables = single({ healthCheck }).of('taskDefinition').ContainerDefinitions[0].Environment as {
      Name: string;
      Value: unknown;
    }[];
    expect(variables.find(({ Name }) => Name === 'WatchbotHealthCheck')?.Value).toBe(expected);
  });
});
