// The plugin's modules as Node loads them, and declarations of what users' programs can import: each file by itself, as
// `isolatedModules` allows. Types are checked by `npm run types`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const FOLDERS = { rootDir: 'src', outDir: 'dist' };

/**
 * @param files of `src/`, which become files of `dist/`
 * @param options.sourceMap whether each has its map beside it
 */
export function writeModules(files, { sourceMap = false } = {}) {
  const options = {
    ...compilerOptions(),
    ...FOLDERS,
    sourceMap,
    types: [],
    noResolve: true,
    noLib: true,
    noCheck: true,
  };
  const program = ts.createProgram(files, options);
  failOn(program.getSyntacticDiagnostics());
  failOn(program.emit().diagnostics);
}

/** @param entry file of `src/`; the files that its declarations import from are declared too */
export function writeDeclarations(entry, done = new Set()) {
  if (done.has(entry)) return;
  done.add(entry);
  const { outputText, diagnostics } = ts.transpileDeclaration(readFileSync(entry, 'utf8'), {
    fileName: entry,
    compilerOptions: compilerOptions(),
    reportDiagnostics: true,
  });
  failOn(diagnostics);
  const file = path.join(FOLDERS.outDir, path.relative(FOLDERS.rootDir, entry).replace(/\.ts$/, '.d.ts'));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, outputText);
  for (const [, target] of outputText.matchAll(/ from '(\.[^']*)'/g)) {
    writeDeclarations(path.join(path.dirname(entry), `${target}.ts`), done);
  }
}

function compilerOptions() {
  const { config, error } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  failOn(error === undefined ? [] : [error]);
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  failOn(errors);
  return options;
}

/** By the compiler's own words alone. */
function failOn(diagnostics) {
  if (diagnostics.length === 0) return;
  const host = {
    getCurrentDirectory: () => process.cwd(),
    getCanonicalFileName: String,
    getNewLine: () => '\n',
  };
  const format = process.stderr.isTTY ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  process.stderr.write(format(diagnostics, host));
  process.exit(1);
}
