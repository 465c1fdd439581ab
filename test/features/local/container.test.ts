import { describe, expect, it } from '@jest/globals';
import { containerEnvironment, localOverrides } from '../../../src/features/local/container';

const overrides = (variables: Record<string, string>) =>
  localOverrides({
    endpoint: 'http://127.0.0.1:4100',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    scratchFolder: '/scratch',
    variables,
  });

describe('the environment on this machine', () => {
  it('has no health check: the watchers of a machine cannot share one socket', () => {
    expect(overrides({ WatchbotHealthCheck: 'watchbot-health' })).toMatchObject({
      WatchbotHealthCheck: 'false',
    });
  });

  it.each([
    { volumes: '/tmp', emptied: '/scratch' },
    { volumes: '', emptied: '' },
  ])('has folders of its own in place of mounts: $volumes', ({ volumes, emptied }) => {
    expect(overrides({ Volumes: volumes })).toMatchObject({ Volumes: emptied, TMPDIR: '/scratch' });
  });
});

it('takes variables that are kept for workers from the shell, under their own names', () => {
  const container = {
    Name: 'watchbot',
    Command: [],
    Environment: [],
    Secrets: [
      { Name: 'WATCHBOT_WORKER_NODE_OPTIONS' },
      { Name: 'WATCHBOT_WORKER_LD_PRELOAD' },
      { Name: 'KEY' },
    ],
  };
  const scope = { ref: () => undefined, attribute: () => undefined };
  const shell = { NODE_OPTIONS: '--inspect', KEY: 'k' };
  const { variables, missing } = containerEnvironment(container, scope, shell);
  expect(variables).toEqual({ WATCHBOT_WORKER_NODE_OPTIONS: '--inspect', KEY: 'k' });
  expect(missing).toMatchObject([{ name: 'LD_PRELOAD' }]);
});

it('has no credentials of AWS for a worker, neither from the section nor from the shell', () => {
  const container = {
    Name: 'watchbot',
    Command: [],
    Environment: [
      { Name: 'WATCHBOT_WORKER_AWS_PROFILE', Value: 'production' },
      { Name: 'WATCHBOT_WORKER_AWS_ENDPOINT_URL', Value: 'https://example.com' },
      { Name: 'AWS_USE_FIPS_ENDPOINT', Value: 'false' },
    ],
    Secrets: [{ Name: 'WATCHBOT_WORKER_AWS_ACCESS_KEY_ID' }],
  };
  const scope = { ref: () => undefined, attribute: () => undefined };
  const { variables, missing } = containerEnvironment(container, scope, { AWS_ACCESS_KEY_ID: 'AKIA' });
  expect([variables, missing]).toEqual([{ AWS_USE_FIPS_ENDPOINT: 'false' }, []]);
});
