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
