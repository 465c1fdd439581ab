import { expect, it } from '@jest/globals';
import { startWatcher } from '../helpers/watcher';

it.each([
  '/tmp',
  '/tmp/',
  '/tmp/.',
  '/',
  '/tmp/other',
  '/tmp/watchbot-a/..',
  '/tmp/watchbot-a/../other',
  '/mnt/data,/tmp',
  'tmp',
  '/tmp/watchbot-x,/tmp',
])('no test empties %s of this machine', (volumes) => {
  expect(() =>
    startWatcher({
      endpoint: 'http://127.0.0.1:1',
      queueUrl: 'http://127.0.0.1:1/q',
      command: 'true',
      environment: { Volumes: volumes },
    }),
  ).toThrow('of this machine');
});
