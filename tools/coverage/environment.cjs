// The environment of a test file whose coverage is measured: of the sources that it loads itself, and of the built files
// in all programs that it starts. Jest's own `--coverage` sees only the first, and attaches a debugger for it.
'use strict';

const { Buffer } = require('node:buffer');
const { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector/promises');
const path = require('node:path');
const process = require('node:process');
const { fileURLToPath } = require('node:url');
const { createScriptTransformer } = require('@jest/transform');
const { TestEnvironment } = require('jest-environment-node');

const ROOT = path.resolve(module.path, '../..');
const SOURCES = path.join(ROOT, 'src/');
const DIST = path.join(ROOT, 'dist/');
/** Built files are run where they are, where the package is installed, and from packages of services. */
const BUILT = [`file://${DIST}`, '/node_modules/serverless-watchbot/dist/', '/.serverless/watchbot/'];
const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([\w+/=]+)\s*$/;

/** Of this process, which runs many test files. */
let count = 0;

module.exports = class CoverageEnvironment extends TestEnvironment {
  #session = new Session();
  #config;
  #folder;

  constructor(config, context) {
    super(config, context);
    this.#config = config.projectConfig;
    count += 1;
    this.#folder = path.join(process.env.WATCHBOT_COVERAGE, `${process.pid}-${count}`);
  }

  async setup() {
    await super.setup();
    // Node hands it on to whatever is started, also with an environment that is set whole.
    process.env.NODE_V8_COVERAGE = this.#folder;
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  async teardown() {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    await this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
    const scripts = [...(await loadedSources(result, this.#config)), ...builtFiles(this.#folder)];
    rmSync(this.#folder, { recursive: true, force: true });
    const project = this.#config.displayName?.name;
    writeFileSync(`${this.#folder}.json`, JSON.stringify({ project, scripts }));
    await super.teardown();
  }
};

/** With the code that was run: what Jest made of them, which it keeps. */
async function loadedSources(result, config) {
  const transformer = await createScriptTransformer(config);
  const sources = result
    .map(({ url, functions }) => ({ file: url.startsWith('file:') ? fileURLToPath(url) : url, functions }))
    .filter(({ file }) => file.startsWith(SOURCES) && file.endsWith('.ts'));
  return sources.flatMap(({ file, functions }) => {
    const [all] = functions[0].ranges;
    // It was loaded by a test file before this one, which has left something running.
    if (all.startOffset !== 0) return [];
    const { code } = transformer.transformSource(file, readFileSync(file, 'utf8'), { instrument: false });
    if (all.endOffset !== code.length) throw new Error(`other code was run of ${file}`);
    return [{ file, functions, code, map: inlineMap(code) }];
  });
}

function inlineMap(code) {
  const [, base64] = INLINE_MAP.exec(code) ?? [];
  if (base64 === undefined) throw new Error('the transform of the tests writes no source map into the code');
  return JSON.parse(Buffer.from(base64, 'base64').toString());
}

/** Of the programs that have ended: a small part of what Node has written of each. */
function builtFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => readReport(path.join(folder, name)))
    .map(({ url, functions }) => ({ file: builtFile(url), functions }))
    .filter(({ file }) => file !== undefined);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).result;
  } catch {
    // Its process was killed as it wrote it.
    return [];
  }
}

function builtFile(url) {
  const place = BUILT.find((each) => url.includes(each));
  return place && path.join(DIST, decodeURI(url.slice(url.indexOf(place) + place.length)));
}
