import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { ROOT } from '../helpers/framework';
import { itWithPython3 } from '../helpers/python';
import { PAGES, snippetsOf, type Snippet } from './pages';

const TYPED = snippetsOf('ts', 'js', 'mjs').filter(({ kind }) => kind !== 'other-tool');

/** Compiles all snippets in one run. @returns the compiler's errors by file */
function diagnose(snippets: readonly Snippet[]): Map<string, string[]> {
  const texts = new Map(snippets.map((snippet, index) => [fileOf(snippet, index), snippet.text] as const));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
    allowJs: true,
    checkJs: true,
    noImplicitAny: false,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  host.readFile = (file) => texts.get(file) ?? ts.sys.readFile(file);
  host.fileExists = (file) => texts.has(file) || ts.sys.fileExists(file);
  const program = ts.createProgram([...texts.keys()], options, host);
  const found = ts.getPreEmitDiagnostics(program);
  return new Map(
    [...texts.keys()].map((file) => [
      file,
      found
        .filter((each) => each.file?.fileName === file)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ]),
  );
}

/** A file for the snippet inside the project, where the package's own name can be imported as users do. */
function fileOf({ language }: Snippet, index: number): string {
  return path.join(ROOT, 'test/docs', `snippet-${index}.${language === 'js' ? 'cjs' : language}`);
}

describe('code', () => {
  const problems = diagnose(TYPED);

  it.each(TYPED.map((snippet, index) => [snippet.at, snippet, index] as const))(
    'at %s compiles',
    (_at, snippet, index) => {
      expect(problems.get(fileOf(snippet, index))).toEqual([]);
    },
  );

  for (const { at, text } of snippetsOf('python')) {
    itWithPython3(`at ${at} is valid Python`, () => {
      const read = () =>
        execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], {
          input: text,
          stdio: 'pipe',
        });
      expect(read).not.toThrow();
    });
  }

  it.each(snippetsOf('json').map(({ at, text }) => [at, text] as const))('at %s is JSON', (_at, text) => {
    expect(() =>
      text
        .trimEnd()
        .split(/\n(?=\{)/)
        .map((line) => JSON.parse(line) as unknown),
    ).not.toThrow();
  });
});

/** Languages of blocks: those that a test checks, and those that show output. */
const LANGUAGES = [
  'yaml',
  'yml',
  'sh',
  'bash',
  'ts',
  'js',
  'mjs',
  'python',
  'json',
  'dockerfile',
  'text',
  'mermaid',
];

it('every block says its language', () => {
  const languages = PAGES.flatMap(({ snippets }) => snippets.map(({ at, language }) => `${at} ${language}`));
  expect(languages.filter((each) => !LANGUAGES.includes(each.split(' ')[1]!))).toEqual([]);
});
