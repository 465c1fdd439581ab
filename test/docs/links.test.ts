import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../helpers/framework';
import { PAGES, type Link } from './pages';

/** Address of the project's files, for places where only absolute links work. */
const HOME = /^https:\/\/github\.com\/serverless-watchbot\/serverless-watchbot\/(?:blob|tree)\/main\//;

/** The file and heading that a link points to, or undefined if it leaves the project. */
function ownTarget(page: string, target: string): { name: string; anchor: string | undefined } | undefined {
  const isHome = HOME.test(target);
  if (/^[a-z]+:/.test(target) && !isHome) return undefined;
  const [file = '', anchor] = target.replace(HOME, '').split('#');
  const folder = isHome ? '' : path.posix.dirname(page);
  return { name: file === '' ? page : path.posix.join(folder, decodeURI(file)), anchor };
}

/** Why a link is broken, or undefined. */
function problemOf(page: string, { at, target }: Link): string | undefined {
  const own = ownTarget(page, target);
  if (own === undefined) return undefined;
  const { name, anchor } = own;
  if (!existsSync(path.join(ROOT, name))) return `${at}: there is no ${name}`;
  if (anchor === undefined) return undefined;
  const anchors = PAGES.find((each) => each.name === name)?.anchors;
  return anchors?.has(anchor) === true ? undefined : `${at}: ${name} has no heading for #${anchor}`;
}

describe('links', () => {
  it.each(PAGES.map((page) => [page.name, page] as const))('of %s are not broken', (name, { links }) => {
    expect(links.map((link) => problemOf(name, link)).filter(Boolean)).toEqual([]);
  });

  it('that are broken are found', () => {
    const problem = (target: string) => problemOf('docs/scaling.md', { at: 'x', target });
    expect(problem('nothing.md')).toBe('x: there is no docs/nothing.md');
    expect(problem('scale.md#nothing')).toBe('x: docs/scale.md has no heading for #nothing');
    expect(problem('#nothing')).toBe('x: docs/scaling.md has no heading for #nothing');
    expect(problem('../README.md')).toBeUndefined();
    expect(problem('https://example.com/nothing.md')).toBeUndefined();
  });
});

it.each(PAGES.map(({ name }) => name).filter((name) => /^docs\/[a-z]/.test(name)))(
  'a link leads to %s',
  (name) => {
    const others = PAGES.filter((each) => each.name !== name);
    const targets = others.flatMap((each) =>
      each.links.map(({ target }) =>
        path.posix.normalize(path.posix.join(path.posix.dirname(each.name), target.split('#')[0]!)),
      ),
    );
    expect(targets).toContain(name);
  },
);
