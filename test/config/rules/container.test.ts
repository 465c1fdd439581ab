import { describe, expect, it } from '@jest/globals';
import { errorOf, parse } from '../support';

const C = { command: 'true' };
const ON_INSTANCES = { ...C, cluster: 'shared', capacity: 'EC2' };
const containerOf = (container: object, section: object = C) =>
  parse({ ...section, container }).workers[0]!.container;

describe('the container of a worker', () => {
  it('has nothing of its own if nobody asks for it', () => {
    const plain = parse(C).workers[0]!.container;
    expect(plain).toMatchObject({
      labels: {},
      ulimits: {},
      stopSignal: 'SIGTERM',
      tmpfs: {},
      hosts: {},
      capabilities: { add: [], drop: [] },
    });
    expect(containerOf({})).toEqual(plain);
  });

  it.each<[string, object, object]>([
    [
      'a label that is a number',
      { labels: { version: 2, on: true } },
      { labels: { version: '2', on: 'true' } },
    ],
    ['a user by a number', { user: 1000 }, { user: '1000' }],
    ['a user by a text that is a number', { user: '1000' }, { user: '1000' }],
    ['a user and a group', { user: '1000:1000' }, { user: '1000:1000' }],
    ['a size alone', { tmpfs: { '/cache/': '64MB' } }, { tmpfs: { '/cache': { size: 64, options: [] } } }],
    ['a number alone', { tmpfs: { '/cache': 64 } }, { tmpfs: { '/cache': { size: 64, options: [] } } }],
    [
      'a size and options',
      { tmpfs: { '/cache': { size: '0.25GB', options: ['noexec', 'mode=700'] } } },
      { tmpfs: { '/cache': { size: 256, options: ['noexec', 'mode=700'] } } },
    ],
    [
      'limits, one number for both',
      { ulimits: { nofile: '4096', nproc: { soft: 1024, hard: 2048 }, memlock: -1 } },
      {
        ulimits: {
          nofile: { soft: 4096, hard: 4096 },
          nproc: { soft: 1024, hard: 2048 },
          memlock: { soft: -1, hard: -1 },
        },
      },
    ],
    [
      'a soft limit below none',
      { ulimits: { core: { soft: 0, hard: -1 } } },
      { ulimits: { core: { soft: 0, hard: -1 } } },
    ],
    ['a signal', { stopSignal: 'SIGINT' }, { stopSignal: 'SIGINT' }],
    ['a working folder', { workingDirectory: '/app' }, { workingDirectory: '/app' }],
    ['a mount as the working folder', { workingDirectory: '/tmp' }, { workingDirectory: '/tmp' }],
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
    [
      'all capabilities but one that Fargate may add',
      { capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] } },
      { capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] } },
    ],
  ])('takes %s', (_what, container, expected) => {
    expect(containerOf(container)).toMatchObject(expected);
  });

  it('takes on instances what Fargate does not', () => {
    const container = {
      sharedMemory: '256MB',
      capabilities: { add: ['NET_ADMIN'] },
      hosts: { 'db.internal': '10.0.0.5', v6: '2001:db8::1' },
    };
    expect(containerOf(container, ON_INSTANCES)).toMatchObject({
      sharedMemory: 256,
      capabilities: { add: ['NET_ADMIN'], drop: [] },
      hosts: { 'db.internal': '10.0.0.5', v6: '2001:db8::1' },
    });
  });

  it('may have as much in memory as leaves the watcher its own', () => {
    const tmpfs = (size: number) => ({ ...C, memory: 1024, container: { tmpfs: { '/cache': size } } });
    expect(parse(tmpfs(896)).workers).toHaveLength(1);
    expect(errorOf(tmpfs(897)).problems).toMatchObject([{ code: 'WATCHBOT_OUT_OF_RANGE' }]);
  });

  it('may have any size in memory where its own has no limit', () => {
    const section = { ...ON_INSTANCES, softMemory: 256 };
    expect(containerOf({ sharedMemory: '1GB' }, section)).toMatchObject({ sharedMemory: 1024 });
  });

  it('may have its /tmp in memory where nothing is mounted', () => {
    const section = { ...C, writableFilesystem: true };
    expect(containerOf({ tmpfs: { '/tmp': 64 } }, section).tmpfs).toHaveProperty('/tmp');
  });
});
