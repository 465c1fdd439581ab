import { describe, expect, it } from '@jest/globals';
import { localOverrides } from '../../src/local/container-environment';

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
