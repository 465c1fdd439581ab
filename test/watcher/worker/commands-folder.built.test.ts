import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { findCommands, withCommands } from '../../../src/watcher/worker/commands-folder';
import { createTestFolder } from '../../helpers/folder';
import { LAUNCHER, describeWithLauncher } from '../../helpers/ways-to-start';

it.each([
  { was: '/usr/bin:/bin', is: '/c:/usr/bin:/bin' },
  // A trailing colon would be the working folder.
  { was: '', is: '/c:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  { was: undefined, is: '/c:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
])('a PATH of $was has the commands before it', ({ was, is }) => {
  expect(withCommands({ PATH: was, A: 'a' }, '/c')).toEqual({ PATH: is, A: 'a' });
});

it('where there are no commands nothing is changed', () => {
  const folder = createTestFolder();
  expect(findCommands(folder.path)).toBeUndefined();
  expect(withCommands({ A: 'a' }, undefined)).toEqual({ A: 'a' });
  mkdirSync(folder.join('commands'));
  expect(findCommands(folder.path)).toBe(folder.join('commands'));
  folder.remove();
});

describeWithLauncher('the launcher, called as a command', () => {
  it('is the helper, and says so where it is not in an image', () => {
    const { status, stderr } = spawnSync(LAUNCHER!, ['status', 'job'], {
      argv0: '/somewhere/watchbot-progress',
      encoding: 'utf8',
    });
    expect(stderr).toBe('watchbot-progress: cannot run /opt/watchbot/lib/ld.so: No such file or directory\n');
    expect(status).toBe(127);
  });
});
