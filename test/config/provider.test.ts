import { describe, expect, it } from '@jest/globals';
import { messagesOf, parse } from './support';

const C = { command: 'true' };

describe('provider.environment', () => {
  const byFunction = { Ref: 'Votes' };
  const environment = { TABLE: byFunction, STAGE: 'dev', KEY: 'x' };
  const variablesOf = (section: object) =>
    parse({ ...C, ...section }, { environment }).workers[0]!.environment;

  it('is for functions, unless workers are to have it', () => {
    expect(variablesOf({})).toEqual({});
    expect(variablesOf({ providerEnvironment: false })).toEqual({});
    expect(variablesOf({ providerEnvironment: true })).toEqual(environment);
  });

  it('gives way to the worker’s own variables and secrets', () => {
    const own = { environment: { STAGE: 'own' }, secrets: { KEY: '/key' } };
    expect(variablesOf({ providerEnvironment: true, ...own })).toEqual({ TABLE: byFunction, STAGE: 'own' });
  });

  it('is for all workers', () => {
    const { workers } = parse({ providerEnvironment: true, workers: { a: C, b: C } }, { environment });
    expect(workers.map((worker) => worker.environment)).toEqual([environment, environment]);
  });

  it('must not have what the watcher sets itself, and is named if it has', () => {
    const context = { environment: { QueueUrl: 'x' } };
    expect(messagesOf({ ...C, providerEnvironment: true }, context)[0]).toMatch(
      /^WATCHBOT_RESERVED_VARIABLE at provider\.environment\.QueueUrl\n/,
    );
    expect(parse(C, context).workers[0]!.environment).toEqual({});
  });
});

it.each([
  [{}, undefined, 14],
  [{}, 90, 90],
  [{ logs: { structured: true } }, 90, 90],
  [{ logs: 30 }, 90, 30],
  [{ logs: { retention: 7 } }, undefined, 7],
])(
  'the log of %j beside provider.logRetentionInDays: %j is kept for %j days',
  (section, logRetention, days) => {
    expect(parse({ ...C, ...section }, { logRetention }).workers[0]!.logs.retention).toBe(days);
  },
);
