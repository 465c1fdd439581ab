import { expect, it } from '@jest/globals';
import { tellMissingVolumes } from '../../../src/features/local/not-here';
import { parse } from '../../config/support';

it('volumes are the folders of this machine: of one that is not there is told', () => {
  const volumes = {
    scratch: { ebs: '500GB', path: '/scratch' },
    shared: { path: "/it's" },
    here: { path: '/here' },
  };
  const told: string[] = [];
  const { workers } = parse({ command: 'true', volumes });
  tellMissingVolumes(
    workers,
    (text) => void told.push(text),
    (path) => path === '/here',
  );
  expect(told).toEqual([
    'watchbot: nothing is mounted on this machine, and there is no /scratch, where the volume "scratch" is in a task. ' +
      'Make it, or let it lead to a folder of yours: sudo ln -s "$PWD/scratch" \'/scratch\'',
    'watchbot: nothing is mounted on this machine, and there is no /it\'s, where the volume "shared" is in a task. ' +
      `Make it, or let it lead to a folder of yours: sudo ln -s "$PWD/shared" '/it'\\''s'`,
  ]);
});
