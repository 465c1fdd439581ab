import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { KNOWN_WORDS } from '../../src/config/other-words';
import { parseYaml } from '../helpers/yaml';
import { errorOf, parse } from './support';

const C = { command: 'true' };

const adviceOn = (section: unknown): string => errorOf(section).problems[0]!.advice!;
const pasted = (section: unknown): unknown =>
  parseYaml(
    adviceOn(section)
      .split('\n')
      .slice(1)
      .join('\n')
      .replace(/^ {13}/gm, ''),
  );

describe("a key of another tool's", () => {
  it.each([
    [{ timeout: 900 }, { maxJobDuration: 900 }],
    [{ timeout: '15m' }, { maxJobDuration: '15m' }],
    [{ memorySize: 1024 }, { memory: 1024 }],
    [{ retries: 3 }, { queue: { maxReceives: 4 } }],
    [
      { dlq: 'arn:aws:sqs:us-east-1:123456789012:dead' },
      { queue: { deadLetter: 'arn:aws:sqs:us-east-1:123456789012:dead' } },
    ],
    [{ minTasks: 1 }, { scaling: { min: 1 } }],
    [{ dockerfile: 'Dockerfile.worker' }, { image: { path: '.', dockerfile: 'Dockerfile.worker' } }],
    [{ maxConcurrency: 5 }, { scaling: { max: 5 } }],
    [{ maxSize: 10 }, { scaling: { max: 10 } }],
    [{ deadletterThreshold: 5 }, { queue: { maxReceives: 5 } }],
    [{ fifo: true }, { queue: { fifo: true } }],
    [{ reservation: { memory: 512, cpu: 256 } }, { memory: 512, cpu: 256 }],
    [{ structuredLogging: true }, { logs: { structured: true } }],
    [{ notificationEmail: 'a@example.com' }, { notify: 'a@example.com' }],
    [{ count: { range: '0-10' } }, { scaling: { min: 0, max: 10 } }],
    [{ count: { range: { min: 1, max: 4 } } }, { scaling: { min: 1, max: 4 } }],
    [{ count: 2 }, { scaling: { min: 2, max: 2 } }],
    [{ retention: 14 }, { logs: { retention: 14 } }],
    [{ retention: 345_600 }, { queue: { retention: 345_600 } }],
    [
      { iamRoleStatements: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
      { permissions: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
    ],
  ])('is answered with the lines to paste, which are right: %j', (wrong, right) => {
    const lines = pasted({ ...C, ...wrong });
    expect(lines).toEqual({ watchbot: right });
    expect(() => parse({ ...C, ...right })).not.toThrow();
  });

  it('is answered with the place of the worker', () => {
    expect(pasted({ workers: { tiles: { ...C, timeout: 60 } } })).toEqual({
      watchbot: { workers: { tiles: { maxJobDuration: 60 } } },
    });
  });

  it('in a worker of several that all of them share stands beside them', () => {
    expect(pasted({ workers: { tiles: { ...C, notificationEmail: 'a@example.com' } } })).toEqual({
      watchbot: { notify: 'a@example.com' },
    });
  });

  it('is answered in words if there is nothing to paste, and values of variables are not printed', () => {
    expect(adviceOn({ ...C, env: { PASSWORD: 'hidden' } })).toBe('rename it: `environment`');
    expect(adviceOn({ ...C, events: [{ sqs: {} }] })).toBe('remove it: a worker has a queue of its own');
  });
});

describe('allowed keys', () => {
  it('are told once, at the end, and only where there is no hint', () => {
    const { message } = errorOf({ ...C, xylophone: 1, quartz: 2, timeout: 5 });
    expect(message.match(/writableFilesystem/g)).toHaveLength(1);
    expect(message.split('\n\n').at(-1)).toMatch(/^Keys of watchbot: cluster, /);
    expect(errorOf({ ...C, timeout: 5, comand: 'x' }).message).not.toContain('writableFilesystem');
  });
});

/** Those whose own name says it: they are no wrong key here. */
const IN_MAPS_OR_OURS = /[.[]|^workers$/;

it("has every option of Watchbot's page that has another name here", () => {
  const page = readFileSync(resolve(__dirname, '../../docs/watchbot-options.md'), 'utf8');
  const options = [...page.matchAll(/^\| `([^`]+)` \|(?: [^|]* \|)? renamed \|/gm)].map(([, name]) => name!);
  const names = options.filter((name) => !IN_MAPS_OR_OURS.test(name) && !/ |\(/.test(name));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !KNOWN_WORDS.includes(name))).toEqual([]);
});
