import GithubSlugger from 'github-slugger';
import MarkdownIt, { type Token } from 'markdown-it';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../helpers/framework';

/** A fenced block, with the kind that a comment above may give it: `<!-- snippet: KIND -->`. */
export interface Snippet {
  /** Where its text begins, such as `docs/logs.md:12`. */
  at: string;
  page: string;
  language: string;
  text: string;
  kind: string | undefined;
}

export interface Heading {
  level: number;
  text: string;
  anchor: string;
  line: number;
}

export interface Link {
  at: string;
  target: string;
}

/** A Markdown file as GitHub renders it. */
export interface Page {
  /** Path from the root of the project. */
  name: string;
  text: string;
  headings: readonly Heading[];
  anchors: ReadonlySet<string>;
  links: readonly Link[];
  snippets: readonly Snippet[];
}

const NOTE = /^<!-- snippet: (.+) -->\s*$/;

const markdown = new MarkdownIt({ html: true });

/** All Markdown files for users and contributors. */
export const PAGES: readonly Page[] = pageNames().map(readPage);

export const page = (name: string): Page => {
  const found = PAGES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

/** Fenced blocks of all pages in the given languages. */
export const snippetsOf = (...languages: string[]): Snippet[] =>
  PAGES.flatMap(({ snippets }) => snippets).filter(({ language }) => languages.includes(language));

/** Rows of the table below a heading, without its head. Cells keep their Markdown. */
export function tableBelow({ text, headings }: Page, heading: string): string[][] {
  const { line } = headings.find((each) => each.text === heading)!;
  const lines = text.split('\n').slice(line);
  const first = lines.findIndex((each) => each.startsWith('|'));
  const count = lines.slice(first).findIndex((each) => !each.startsWith('|'));
  return lines.slice(first + 2, first + (count === -1 ? lines.length : count)).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Text below a heading, up to the next heading of the same or a higher level. */
export function sectionBelow({ text, headings }: Page, { line, level }: Heading): string {
  const end = headings.find((each) => each.line > line && each.level <= level)?.line;
  return text
    .split('\n')
    .slice(line, end === undefined ? undefined : end - 1)
    .join('\n');
}

function pageNames(): string[] {
  const below = (folder: string) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      path.posix.join(folder, name),
    );
  const all = [...readdirSync(ROOT), ...below('docs'), ...below('examples'), ...below('example-service')];
  return all.filter((name) => name.endsWith('.md') && !name.includes('node_modules/')).sort();
}

function readPage(name: string): Page {
  const text = readFileSync(path.join(ROOT, name), 'utf8');
  const tokens = markdown.parse(text, {});
  const headings = headingsOf(tokens);
  return {
    name,
    text,
    headings,
    anchors: new Set(headings.map(({ anchor }) => anchor)),
    links: linksOf(name, tokens),
    snippets: snippetsIn(name, tokens),
  };
}

function lineOf({ map }: Token): number {
  return (map?.[0] ?? 0) + 1;
}

function headingsOf(tokens: readonly Token[]): Heading[] {
  const slugger = new GithubSlugger();
  return tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return [];
    const text = plainText(tokens[index + 1]!);
    return [{ level: Number(token.tag.slice(1)), text, anchor: slugger.slug(text), line: lineOf(token) }];
  });
}

function plainText({ children }: Token): string {
  return (children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline')
    .map(({ content }) => content)
    .join('');
}

/** Targets of all links and images. */
function linksOf(name: string, tokens: readonly Token[]): Link[] {
  return tokens.flatMap((token) => {
    const targets = (token.children ?? []).map((child) => child.attrGet('href') ?? child.attrGet('src'));
    return targets
      .filter((target) => target !== null)
      .map((target) => ({ at: `${name}:${lineOf(token)}`, target: String(target) }));
  });
}

function snippetsIn(name: string, tokens: readonly Token[]): Snippet[] {
  return tokens.flatMap((token, index) => {
    if (token.type !== 'fence') return [];
    const [, kind] = NOTE.exec(tokens[index - 1]?.content ?? '') ?? [];
    const at = `${name}:${lineOf(token) + 1}`;
    return [{ at, page: name, language: token.info.trim(), text: token.content, kind }];
  });
}
