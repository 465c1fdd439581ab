import { describe, expect, it } from '@jest/globals';
import { UserError } from '../../src/errors/user-error';
import { withDocs } from '../../src/plugin/plugin';
import { page } from '../docs/pages';

const PLACE = { place: 'watchbot' };
const thrownBy = (error: unknown) =>
  withDocs(() => Promise.reject(error as Error)).catch((thrown: unknown) => thrown);
const linkIn = (error: unknown) => (error as UserError).message.split('\n').at(-1)!;

describe('an error for people', () => {
  it.each([
    [UserError.of({ code: 'WATCHBOT_SEND', ...PLACE }), 'watchbot_send'],
    [UserError.ofConfiguration([{ code: 'WATCHBOT_MALFORMED', ...PLACE }]), 'watchbot_malformed'],
    [
      UserError.ofConfiguration([
        { code: 'WATCHBOT_MALFORMED', ...PLACE },
        { code: 'WATCHBOT_UNKNOWN_KEY', ...PLACE },
      ]),
      'watchbot_configuration',
    ],
  ] as const)('ends with a link to its heading: %#', async (error, anchor) => {
    const thrown = await thrownBy(error);
    expect(thrown).toMatchObject({ name: 'ServerlessError', code: error.code, problems: error.problems });
    expect((thrown as UserError).message.startsWith(`${error.message}\n\nhttps://`)).toBe(true);
    expect(linkIn(thrown)).toMatch(new RegExp(`/docs/troubleshooting\\.md#${anchor}$`));
    expect(page('docs/troubleshooting.md').anchors).toContain(anchor);
  });

  it('keeps its cause', async () => {
    const cause = new Error('refused');
    const thrown = await thrownBy(UserError.of({ code: 'WATCHBOT_SEND', ...PLACE }, cause));
    expect(thrown).toMatchObject({ cause });
  });
});

it('any other error is not changed', async () => {
  const bug = new Error('a bug');
  expect(await thrownBy(bug)).toBe(bug);
});

it('is told once, though a hook runs within another', async () => {
  const error = UserError.of({ code: 'WATCHBOT_SEND', ...PLACE, advice: 'run `sls deploy`' });
  const tell = (text: string) => text.replace('sls', 'npx sls');
  const inner = () => withDocs(() => Promise.reject(error), tell);
  const thrown = (await withDocs(inner, tell).catch((each: unknown) => each)) as UserError;
  expect(thrown.message.match(/https:/g)).toHaveLength(1);
  expect(thrown.message).toContain('run `npx sls deploy`');
});
