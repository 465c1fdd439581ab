import { describe, expect, it } from '@jest/globals';
import { errorOf, messagesOf, parse } from './support';

const C = { command: 'true' };

const workerOf = (section: object) => parse(section).workers[0]!;

describe('a text where the schema wants a number or a boolean', () => {
  it.each([
    [{ scaling: { max: '20' } }, { scaling: { max: 20 } }],
    [{ topic: 'false' }, { topic: false }],
    [
      { queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:q', deadLetter: 'false' } },
      { queue: { deadLetter: false } },
    ],
    [{ logs: { retention: '30', structured: 'true' } }, { logs: { retention: 30, structured: true } }],
    [{ reduce: 'true' }, { reduce: { pointInTimeRecovery: false } }],
    [{ reduce: 'false' }, { reduce: undefined }],
    [{ healthCheck: 'false' }, { healthCheck: undefined }],
    [{ healthCheck: { interval: '20' } }, { healthCheck: { interval: 20 } }],
    [{ alarms: { cpu: 'false' } }, { alarms: { cpu: undefined } }],
    [{ scaling: { max: '3', jobDuration: '0.5' } }, { scaling: { max: 3, jobDuration: 0.5 } }],
    [
      { scaling: { max: 2, steps: [{ messages: '1', tasks: '2' }] } },
      { scaling: { steps: [{ messages: 1, tasks: 2 }] } },
    ],
  ])('is read as such: %j', (given, read) => {
    expect(workerOf({ ...C, ...given })).toMatchObject(read);
  });

  it('is read in each of several workers', () => {
    const { workers } = parse({ workers: { a: { ...C, cpu: '512', memory: '1024' }, b: C } });
    expect(workers[0]).toMatchObject({ cpu: 512, memory: 1024 });
  });

  it('is left alone where a text is wanted', () => {
    expect(workerOf({ command: '20', environment: { COUNT: '20', ON: 'true' } })).toMatchObject({
      command: '20',
      environment: { COUNT: '20', ON: 'true' },
    });
  });

  it.each(['twenty', '', '1e3', '0x10', '1_000', '1.5', 'true'])('is refused if it is none: %j', (max) => {
    expect(errorOf({ ...C, scaling: { max } }).problems).toMatchObject([
      { code: 'WATCHBOT_WRONG_TYPE', place: 'watchbot.scaling.max', given: JSON.stringify(max) },
    ]);
  });

  it('is quoted by an error as it was typed, and so by a rule across keys', () => {
    expect(messagesOf({ ...C, scaling: { max: '6000' } })[0]).toContain('given:   "6000"');
    expect(messagesOf({ ...C, cpu: '300' })[0]).toContain('given:   "300"');
  });

  it('does not change what the framework has', () => {
    const section = { ...C, scaling: { max: '20' } };
    parse(section);
    expect(section).toEqual({ ...C, scaling: { max: '20' } });
  });
});

describe('a number with its unit', () => {
  it.each([
    [{ maxJobDuration: '15m' }, { maxJobDuration: 900 }],
    [
      { maxJobDuration: '2 hours', stopTimeout: '90s' },
      { maxJobDuration: 7200, stopTimeout: 90 },
    ],
    [
      { memory: '2GB', cpu: '1 vCPU' },
      { memory: 2048, cpu: 1024 },
    ],
    [
      { memory: '512MiB', cpu: '.25 vcpu' },
      { memory: 512, cpu: 256 },
    ],
    [{ memory: '0.5 GB' }, { memory: 512 }],
    [{ ephemeralStorage: '30GiB' }, { ephemeralStorage: 30 }],
    [{ queue: { retention: '4d', delay: '1 min' } }, { queue: { retention: 345_600, delay: 60 } }],
    [{ logs: { retention: '30 days' } }, { logs: { retention: 30 } }],
    [{ scaling: { max: 2, jobDuration: '1.5m' } }, { scaling: { jobDuration: 90 } }],
    [{ healthCheck: { interval: '1m' } }, { healthCheck: { interval: 60 } }],
    [{ alarms: { cpu: { period: '5m' } } }, { alarms: { cpu: { period: 300 } } }],
    [{ deploy: { finish: '10 min' } }, { deploy: { finish: 600 } }],
  ])('is read: %j', (given, read) => {
    expect(workerOf({ ...C, ...given })).toMatchObject(read);
  });

  it.each([
    [{ maxJobDuration: '20h' }, 'given:   "20h"\n  allowed: 0s to 12h'],
    [{ maxJobDuration: 50_000 }, 'given:   50000\n  allowed: 0 to 43200 (seconds)'],
    [{ queue: { delay: '20 min' } }, 'given:   "20 min"\n  allowed: 0s to 15m'],
    [{ ephemeralStorage: '10GB' }, 'given:   "10GB"\n  allowed: 21GB to 200GB'],
    [{ scaling: { max: 2, keepIdle: '90s' } }, 'given:   "90s"\n  allowed: 1m to 1h, a multiple of 1m'],
    [
      { maxJobDuration: 'soon' },
      'allowed: a whole number of seconds, 0 to 43200; or a number and s, m, h or d: 90s, 15m, 1h30m, 1d',
    ],
  ])('out of range is told in its unit: %j', (given, told) => {
    expect(messagesOf({ ...C, ...given })[0]).toContain(told);
  });

  it('of another kind is refused', () => {
    expect(
      errorOf({ ...C, memory: '15m', maxJobDuration: '2GB', cpu: '1GB', scaling: { max: '2h' } }).problems,
    ).toHaveLength(4);
  });
});

describe('one part alone', () => {
  it.each([
    [{ events: [{ s3: 'photos' }] }, { events: { s3: [{ bucket: 'photos' }] } }],
    [{ events: [{ schedule: 'rate(1 hour)' }] }, { events: { schedule: [{ rate: 'rate(1 hour)' }] } }],
    [{ events: [{ webhook: 'apiKey' }] }, { events: { webhook: { authorization: 'apiKey' } } }],
    [{ logs: 30 }, { logs: { retention: 30 } }],
    [{ scaling: '5' }, { scaling: { max: 5 } }],
  ])('stands for its map: %j', (given, read) => {
    expect(workerOf({ ...C, ...given })).toMatchObject(read);
  });

  it('may be a CloudFormation function', () => {
    expect(messagesOf({ ...C, events: [{ s3: { Ref: 'Photos' } }] })[0]).toContain('set `existing: true`');
  });
});

describe('what a rule allows is told in the unit that was given', () => {
  it.each([
    [{ memory: '3GB', cpu: '1 vCPU', softMemory: '5GB' }, 'at most 3GB, the value of `memory`'],
    [{ memory: 3072, cpu: 1024, softMemory: 5120 }, 'at most 3072, the value of `memory`'],
    [{ memory: '3GB' }, 'with cpu 256: memory 512MB, 1GB or 2GB'],
    [{ memory: '9GB', cpu: '1 vCPU' }, 'with cpu 1 vCPU: memory 2GB to 8GB in steps of 1GB'],
    [{ memory: 2048, cpu: '3 vCPU' }, 'cpu 0.25 vCPU, 0.5 vCPU, 1 vCPU'],
    [{ memory: '2MB', capacity: 'EC2', cluster: 'c' }, '6MB or more on EC2'],
    [
      { maxJobDuration: '1h30m', scaling: { jobDuration: '2h' } },
      'at most 90m, the value of `maxJobDuration`',
    ],
    [{ healthCheck: { timeout: '50s', interval: '10s' } }, 'at most 10s, the value of `interval`'],
    [{ healthCheck: { timeout: 50, interval: 10 } }, 'at most 10, the value of `interval`'],
  ])('%j', (keys, allowed) => {
    expect(errorOf({ ...C, ...keys }).message).toContain(allowed);
  });

  it('and that of a warm worker', () => {
    const section = { handler: 'src/a.handler', memory: '1GB', workerMemory: '2GB' };
    expect(errorOf(section).message).toContain('at most 1GB, the value of `memory`');
  });
});
