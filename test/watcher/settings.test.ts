import { describe, expect, it } from '@jest/globals';
import { readRules, readSettings, SettingsError } from '../../src/watcher/settings';

const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';
const read = (environment: Record<string, string>) => readSettings({ QueueUrl, ...environment });

const DEFAULTS = {
  queueUrl: QueueUrl,
  isFifo: false,
  isStructured: false,
  isAsWatchbot: false,
  concurrency: 1,
  visibilityTimeoutSeconds: 180,
  maxJobDurationSeconds: 0,
  stopTimeoutSeconds: 30,
  stopNoticeSeconds: 15,
  finishSeconds: 10_000,
  hasStandardInput: false,
  volumes: [],
  isFreshContainerPerJob: false,
  agentUri: undefined,
  healthSocket: undefined,
  maxReceives: Infinity,
};

describe('settings', () => {
  it('are Watchbot’s own where the container says nothing', () => {
    expect(read({})).toEqual(DEFAULTS);
  });

  it.each([
    { given: { Fifo: 'true' }, settings: { isFifo: true } },
    { given: { structuredLogging: 'true' }, settings: { isStructured: true } },
    { given: { structuredLogging: 'false' }, settings: {} },
    { given: { writableFilesystem: 'true' }, settings: { isFreshContainerPerJob: true } },
    { given: { WatchbotConcurrency: '12' }, settings: { concurrency: 12 } },
    { given: { WatchbotConcurrency: '' }, settings: {} },
    { given: { WatchbotVisibilityTimeout: '43200' }, settings: { visibilityTimeoutSeconds: 43_200 } },
    { given: { maxJobDuration: '0' }, settings: {} },
    { given: { maxJobDuration: '60' }, settings: { maxJobDurationSeconds: 60 } },
    { given: { WatchbotStopTimeout: '120' }, settings: { stopTimeoutSeconds: 120 } },
    { given: { WatchbotStopNotice: '60' }, settings: { stopNoticeSeconds: 60 } },
    { given: { WatchbotFinish: '600' }, settings: { finishSeconds: 600 } },
    { given: { WatchbotStandardInput: 'true' }, settings: { hasStandardInput: true } },
    { given: { Volumes: '' }, settings: {} },
    { given: { Volumes: '/tmp,/mnt/data,' }, settings: { volumes: ['/tmp', '/mnt/data'] } },
    { given: { ECS_AGENT_URI: 'http://169.254.170.2' }, settings: { agentUri: 'http://169.254.170.2' } },
    { given: { WatchbotHealthCheck: 'a-name' }, settings: { healthSocket: 'a-name' } },
    { given: { WatchbotHealthCheck: 'false' }, settings: {} },
    { given: { WatchbotHealthCheck: '' }, settings: {} },
    { given: { WatchbotMaxReceives: '5' }, settings: { maxReceives: 5 } },
    { given: { LogGroup: 'x', WorkTopic: 'y', PATH: '/bin' }, settings: {} },
  ])('$given', ({ given, settings }) => {
    expect(read(given)).toEqual({ ...DEFAULTS, ...settings });
  });
});

describe('an environment that is not a watcher’s', () => {
  it.each([
    [{ QueueUrl: '' }, 'QueueUrl is missing'],
    [{ Fifo: 'yes' }, 'Fifo is "yes", not true or false'],
    [{ structuredLogging: 'True' }, 'structuredLogging is "True", not true or false'],
    [{ writableFilesystem: '' }, 'writableFilesystem is "", not true or false'],
    [{ WatchbotConcurrency: '0' }, 'WatchbotConcurrency is "0", not a whole number of at least 1'],
    [{ WatchbotConcurrency: '1.5' }, 'WatchbotConcurrency is "1.5", not a whole number of at least 1'],
    [{ maxJobDuration: '-1' }, 'maxJobDuration is "-1", not a whole number of at least 0'],
    [
      { WatchbotVisibilityTimeout: '0' },
      'WatchbotVisibilityTimeout is "0", not a whole number of at least 1',
    ],
    [{ WatchbotStopTimeout: '1e3' }, 'WatchbotStopTimeout is "1e3", not a whole number of at least 1'],
  ])('%j: %s', (given, problem) => {
    expect(() => read(given)).toThrow(new SettingsError([problem]));
  });

  it('is told with all that is wrong with it', () => {
    expect(() => readSettings({ Fifo: 'x', WatchbotConcurrency: 'y' })).toThrow(
      'QueueUrl is missing; Fifo is "x", not true or false; WatchbotConcurrency is "y"',
    );
  });
});

describe('what holds for all workers', () => {
  it.each([
    [{}, { stopSignal: 'SIGTERM', limits: [] }],
    [
      { WatchbotStopSignal: '', WatchbotWorkerLimits: '' },
      { stopSignal: 'SIGTERM', limits: [] },
    ],
    [{ WatchbotStopSignal: 'SIGINT' }, { stopSignal: 'SIGINT', limits: [] }],
    [
      { WatchbotWorkerLimits: 'nofile=1024:4096,stack=-1:-1' },
      {
        stopSignal: 'SIGTERM',
        limits: [
          { name: 'nofile', soft: 1024, hard: 4096 },
          { name: 'stack', soft: -1, hard: -1 },
        ],
      },
    ],
  ])('%j', (given: Record<string, string>, expected) => expect(readRules(given)).toEqual(expected));

  it.each([
    { WatchbotStopSignal: 'SIGKILL' },
    { WatchbotWorkerLimits: 'nofile=many' },
    { WatchbotWorkerLimits: 'rss=1:1' },
  ])('is refused where it is not the template’s: %j', (given: Record<string, string>) =>
    expect(() => readRules(given)).toThrow(SettingsError),
  );
});
