import { afterAll, expect, it } from '@jest/globals';
import { copyService, endFrameworks, removeServices, runFramework } from '../../helpers/framework';

afterAll(endFrameworks);
afterAll(removeServices);

it.each(['osls', 'serverless'] as const)(
  '%s shows what stands behind a word that is no command',
  async (name) => {
    const folder = copyService('minimal');
    const root = await runFramework(name, ['watchbot'], { folder });
    expect(root.output).toMatch(/watchbot send MESSAGE +Send a message/);
    expect(root.code).toBe(0);
    const below = await runFramework(name, ['watchbot', 'dead-letter'], { folder });
    expect(below.output).toMatch(/watchbot dead-letter show ID… +Show dead letters whole/);
  },
);

it('prints what to do as it can be pasted, with what names the service, and one link', async () => {
  const folder = copyService('minimal');
  const line = ['watchbot', 'dead-letter', 'delete', '--stage', 'prod', '--local', '--port', '9'];
  const { output, code } = await runFramework('osls', line, { folder });
  const [, hint = ''] = /do: +`(\w+ )+watchbot (dead-letter purge[^`]*)`/.exec(output)?.slice(1) ?? [];
  expect(hint).toBe('dead-letter purge --local --port 9 --stage prod');
  expect(output.match(/https:/g)).toHaveLength(1);
  expect(code).toBe(1);
  const pasted = await runFramework('osls', ['watchbot', ...hint.split(' '), '--yes'], { folder });
  expect(pasted.output).toContain('WATCHBOT_LOCAL_NOT_RUNNING');
});
