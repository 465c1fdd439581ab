import { describe, expect, it } from '@jest/globals';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ContainerVariable } from '../../src/contract/environment';
import { WATCHER_NODE_OPTIONS } from '../../src/contract/image';
import { createTestQueue } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const bed = useTestBed();

const LAYER = path.resolve(__dirname, '../../dist/layer');
const USER = 12_345;
const WITHOUT_CAPABILITIES = ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

/** As `container: {user, capabilities: {drop: [ALL]}}` starts it: no more than root can try it. */
const describeAsRoot = process.getuid!() === 0 ? describe : describe.skip;

const because = describeAsRoot === describe ? '' : ' (skipped: only root can become another user)';

describeAsRoot(`a watcher of another user, without any capability${because}`, () => {
  /** Copies what it starts to where it may read: a checkout, and Node, may be in a home. */
  function copyForAll() {
    chmodSync(bed.folder.path, 0o755);
    const [layer, node] = [bed.folder.join('layer'), bed.folder.join('node')] as const;
    cpSync(LAYER, layer, { recursive: true });
    readdirSync(layer).forEach((file) => {
      chmodSync(path.join(layer, file), 0o755);
    });
    copyFileSync(process.execPath, node);
    const mount = bed.folder.join('mount');
    mkdirSync(mount);
    chmodSync(mount, 0o1777);
    return { node, bundle: path.join(layer, 'watcher.js'), mount };
  }

  it('runs workers, empties after them, ends what they leave behind, and stops in order', async () => {
    const { node, bundle, mount } = copyForAll();
    const queue = await createTestQueue(bed.emulator);
    const become = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', ...WITHOUT_CAPABILITIES];
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      program: ['setpriv', ...become, node, ...WATCHER_NODE_OPTIONS, bundle],
      command: `echo "user $(id -u), $(grep CapBnd /proc/self/status), found <$(ls -A '${mount}')>"; mkdir -p '${mount}/a/b'; sleep 600 & exit "$Message"`,
      // A container's runtime gives a user that the image does not know this one.
      environment: { [ContainerVariable.volumes]: mount, HOME: '/' },
    });
    const first = await queue.send('0');
    await watcher.find(`[${first}] [success]`);
    const second = await queue.send('3');
    await watcher.find(`[${second}] [rejected]`);

    expect(watcher.all.filter((line) => line.includes('] user '))).toEqual(
      [first, second].map(() => expect.stringMatching(/user 12345, CapBnd:\s+0{16}, found <>$/)),
    );
    expect(await watcher.stop('SIGTERM')).toBe(0);
    expect(readdirSync(mount)).toEqual([]);
    expect(watcher.all.filter((line) => / \[(warn|error)\]/.test(line))).toEqual([]);
  });
});
