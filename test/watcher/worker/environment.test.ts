import { describe, expect, it } from '@jest/globals';
import { inheritedEnvironment, seeOwnAws } from '../../../src/watcher/worker/environment';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs';

/** As the SDK sees it, and as a worker does. */
function seen(container: Record<string, string>, queueUrl = QUEUE) {
  const only = (environment: Readonly<Record<string, string | undefined>>) =>
    Object.fromEntries(
      Object.entries(environment).filter(([name, value]) => value !== undefined && /^(AWS|WATCH)/.test(name)),
    );
  const own = { ...container };
  seeOwnAws(own, queueUrl);
  const watcher = only(own);
  return {
    // It does not read what waits for workers.
    watcher: Object.fromEntries(Object.entries(watcher).filter(([name]) => name.startsWith('AWS'))),
    worker: only(inheritedEnvironment(container)),
  };
}

const ECS = { AWS_REGION: 'eu-central-1', AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/1' };

describe('what is said of calls of AWS', () => {
  it('by ECS is for both', () => {
    expect(seen(ECS)).toEqual({ watcher: ECS, worker: ECS });
  });

  it('by the section is for workers alone', () => {
    const section = {
      WATCHBOT_WORKER_AWS_REGION: 'us-west-2',
      WATCHBOT_WORKER_AWS_PROFILE: 'other',
      WATCHBOT_WORKER_AWS_ACCESS_KEY_ID: 'AKIA',
    };
    expect(seen({ ...ECS, ...section })).toEqual({
      watcher: ECS,
      worker: { ...ECS, AWS_REGION: 'us-west-2', AWS_PROFILE: 'other', AWS_ACCESS_KEY_ID: 'AKIA' },
    });
  });

  it('by the image is for workers alone, unless ECS says otherwise', () => {
    const image = {
      WATCHBOT_WORKER_IMAGE_AWS_REGION: 'us-west-2',
      WATCHBOT_WORKER_IMAGE_AWS_PROFILE: 'other',
      WATCHBOT_WORKER_IMAGE_AWS_ENDPOINT_URL: '',
      AWS_PROFILE: 'other',
    };
    expect(seen({ ...image, ...ECS })).toEqual({ watcher: ECS, worker: { ...ECS, AWS_PROFILE: 'other' } });
    // As where ECS gives no region.
    const withoutOne = { ...ECS, AWS_REGION: 'us-west-2' };
    expect(seen({ ...image, ...withoutOne })).toEqual({
      watcher: ECS,
      worker: { ...withoutOne, AWS_PROFILE: 'other' },
    });
  });

  it('by a file of variables in S3, of which only ECS knows, is for workers alone', () => {
    const file = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'us-west-2' };
    const container = { ...ECS, ...file, WatchbotEnvironmentFiles: 'true' };
    expect(seen(container)).toEqual({ watcher: ECS, worker: { ...ECS, ...file } });
  });

  it.each([
    [QUEUE, 'eu-central-1'],
    ['https://sqs-fips.us-gov-west-1.amazonaws.com/1/q', 'us-gov-west-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/1/q', 'cn-north-1'],
    ['https://us-east-1.queue.amazonaws.com/1/q', 'us-east-1'],
    ['https://sqs.us-east-1.api.aws/1/q', 'us-east-1'],
    ['http://127.0.0.1:4566/1/q', undefined],
  ])('leaves the region to the queue where nobody gives one: %s', (url, region) => {
    expect(seen({}, url).watcher.AWS_REGION).toBe(region);
    expect(seen({ AWS_REGION: '' }, url).watcher.AWS_REGION).toBe(region);
    expect(seen({ AWS_REGION: 'us-west-1' }, url).watcher.AWS_REGION).toBe('us-west-1');
  });
});
