import { describe, expect, it } from '@jest/globals';
import { describeLinesElsewhere } from '../../../src/plugin/package-warnings';
import { errorOf, parse } from '../support';

const C = { command: 'true' };
const sidecarsOf = (sidecars: object, section: object = {}) =>
  parse({ ...C, ...section, sidecars }).workers[0]!.sidecars;
const codesOf = (sidecars: object, section: object = {}) =>
  errorOf({ ...C, ...section, sidecars }).problems.map(({ code, place }) => `${code} ${place}`);

describe('sidecars', () => {
  it('are none if nobody asks for one, or where they are off', () => {
    expect(parse(C).workers[0]!.sidecars).toEqual([]);
    expect(sidecarsOf({ xray: false })).toEqual([]);
  });

  // AWS takes essential for the default. The watcher would end with each of them, and so would its jobs.
  it('are not essential, and are started again, unless somebody says otherwise', () => {
    expect(sidecarsOf({ a: { image: 'a:1' } })).toMatchObject([{ essential: false, restart: true }]);
    const given = { image: 'a:1', essential: true, restart: false };
    expect(sidecarsOf({ a: given })).toMatchObject([{ essential: true, restart: false }]);
  });

  it('may have a name of 255 characters and sizes as people write them', () => {
    const name = 'A-_9'.repeat(64).slice(1);
    expect(sidecarsOf({ [name]: { image: 'a:1', cpu: '0.125 vCPU', memory: '0.25GB' } })).toHaveLength(1);
  });

  it('may be nine beside the watcher', () => {
    const many = (count: number) =>
      Object.fromEntries([...Array(count).keys()].map((n) => [`s${n}`, { image: 'a:1' }]));
    expect(sidecarsOf(many(9))).toHaveLength(9);
    expect(codesOf(many(10))).toEqual(['WATCHBOT_OUT_OF_RANGE watchbot.sidecars']);
  });

  it.each(['a:1', 'localhost:5000/a/b:1', `a@sha256:${'0'.repeat(64)}`, 'public.ecr.aws/x/y:latest'])(
    'take %s for an image',
    (image) => {
      expect(sidecarsOf({ a: { image } })).toHaveLength(1);
    },
  );

  it('leave the watcher 128 MiB and 64 CPU units', () => {
    const of = (size: object) => ({ a: { image: 'a:1', ...size } });
    expect(sidecarsOf(of({ memory: 384, cpu: 192 }))).toHaveLength(1);
    expect(codesOf(of({ memory: 385 }))).toEqual(['WATCHBOT_OUT_OF_RANGE watchbot.sidecars']);
    expect(codesOf(of({ cpu: 193 }))).toEqual(['WATCHBOT_OUT_OF_RANGE watchbot.sidecars']);
  });

  it('leave what a folder in memory may fill', () => {
    const container = { tmpfs: { '/cache': 200 } };
    expect(sidecarsOf({}, { container })).toEqual([]);
    expect(codesOf({ xray: 'xray' }, { container })).toEqual([
      'WATCHBOT_OUT_OF_RANGE watchbot.container.tmpfs',
    ]);
  });

  it('may listen on one port where each has its own loopback', () => {
    const sidecars = {
      a: { image: 'a:1', memory: 8, ports: [80] },
      b: { image: 'a:1', memory: 8, ports: ['80/tcp'] },
    };
    expect(sidecarsOf(sidecars, { cluster: 'shared', capacity: 'EC2' })).toHaveLength(2);
    expect(codesOf(sidecars)).toEqual(['WATCHBOT_CONTRADICTION watchbot.sidecars.b.ports']);
    expect(sidecarsOf({ ...sidecars, b: { image: 'a:1', ports: ['80/udp'] } })).toHaveLength(2);
  });

  it('may wait for what comes: a check, an end, the watcher', () => {
    const sidecars = {
      otel: { preset: 'adot', watcherWaits: 'HEALTHY' },
      init: { image: 'a:1', watcherWaits: 'SUCCESS', dependsOn: { otel: 'HEALTHY' } },
      late: { image: 'a:1', dependsOn: { watchbot: 'HEALTHY' } },
    };
    expect(sidecarsOf(sidecars)).toMatchObject([
      { watcherWaits: 'HEALTHY' },
      { watcherWaits: 'SUCCESS', restart: false },
      { watcherWaits: undefined },
    ]);
  });

  it('may take the lines of jobs elsewhere, which is told with what then has none', () => {
    const told = (firelens: object) => {
      const sidecars = { logs: { preset: 'fluent-bit', firelens } };
      const section = { ...C, deploy: { alarms: ['failures'] }, sidecars };
      return describeLinesElsewhere(parse(section).workers[0]!);
    };
    expect(told({})).toBeUndefined();
    const text = told({ cloudWatch: false, outputs: [{ Name: 's3' }] });
    for (const part of ['`sls watchbot logs`', 'WorkerErrors', 'alarm workerErrors', 'never rolls back'])
      expect(text).toContain(part);
  });

  it('are not judged by what the schema has refused', () => {
    expect(codesOf({ a: { image: 'a:1', dependsOn: { b: 'START' } }, b: { image: 1 } })).toEqual([
      'WATCHBOT_WRONG_TYPE watchbot.sidecars.b.image',
    ]);
  });
});
