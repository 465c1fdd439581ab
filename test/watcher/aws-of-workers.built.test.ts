import { expect, it } from '@jest/globals';
import { createTestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';

const bed = useTestBed();

it('what a section and an image say of AWS reaches a worker, and not the watcher', async () => {
  const queue = await createTestQueue(bed.emulator);
  const watcher = bed.start(queue, 'env | grep -E "AWS|PROXY" | sort; printf "lone\\rreturn"', {
    WATCHBOT_WORKER_AWS_ACCESS_KEY_ID: 'AKIA',
    WATCHBOT_WORKER_AWS_SECRET_ACCESS_KEY: 'foreign',
    WATCHBOT_WORKER_AWS_REGION: 'nowhere-1',
    WATCHBOT_WORKER_AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    WATCHBOT_WORKER_IMAGE_AWS_PROFILE: 'of-the-image',
    AWS_PROFILE: 'of-the-image',
    // The emulator is on this machine, and never asked for through a proxy.
    HTTP_PROXY: 'http://127.0.0.1:9',
  });
  await queue.send('hello');
  await watcher.find('[success]');
  expect(
    watcher.all.filter((line) => line.includes('[worker]')).map((line) => line.replace(/^.*\] /, '')),
  ).toEqual([
    'AWS_ACCESS_KEY_ID=AKIA',
    'AWS_ENDPOINT_URL=http://127.0.0.1:9',
    'AWS_PROFILE=of-the-image',
    'AWS_REGION=nowhere-1',
    'AWS_SECRET_ACCESS_KEY=foreign',
    'HTTP_PROXY=http://127.0.0.1:9',
    'lone',
    'return',
  ]);
});
