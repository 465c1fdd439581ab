// Runs commands of the framework one after another in one process, so that libraries are loaded once: see
// `warm-framework.ts`.
'use strict';

const { Buffer } = require('node:buffer');
const Module = require('node:module');
const process = require('node:process');
const { Readable } = require('node:stream');
const { takeCoverage } = require('node:v8');

const [program, endOfRun] = process.argv.slice(2);
/** Undefined but where coverage is measured. */
const { NODE_V8_COVERAGE } = process.env;

// What keeps the state of a command in its modules: the framework, its log, and what it has a process do at its end.
const ANEW =
  /\/node_modules\/(?:osls|serverless|@serverless|log|log-node|cli-progress-footer|process-utils|signal-exit|uni-global)\//;

/** The check of a serverless.yml is a function of 8 MB that the framework writes: compiled once. */
const checks = new Map();
const compile = Module.prototype._compile;
Module.prototype._compile = function (text, file, ...others) {
  if (!file.includes('[generated-ajv-validate]')) return compile.call(this, text, file, ...others);
  if (checks.has(text)) this.exports = checks.get(text);
  else compile.call(this, text, file, ...others);
  checks.set(text, this.exports);
};

const ownListeners = new Map();
const listenersNow = () => process.eventNames().map((name) => [name, process.rawListeners(name)]);

process.on('message', start);
// As any process ends: when nothing is left to wait for.
process.on('beforeExit', end);
process.on('disconnect', () => process.exit());
for (const [name, listeners] of listenersNow()) ownListeners.set(name, new Set(listeners));
/** Where the framework and its log keep what all copies of them in a process share. */
const SHARED = [
  [globalThis, Symbol.for('serverless/serverless/202110')],
  [EvalError, Symbol.for('$uniGlobal202109')],
];

function start({ args, folder, environment, input }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment, NODE_V8_COVERAGE && { NODE_V8_COVERAGE });
  process.argv = [process.execPath, program, ...args];
  process.chdir(folder);
  process.exitCode = undefined;
  const stdin = Readable.from(input === undefined ? [] : [Buffer.from(input)]);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  // Else the host would wait for its next command.
  process.channel.unref();
  require(program);
}

function end() {
  const code = process.exitCode ?? 0;
  // In the end the host is killed, and could tell nothing.
  if (NODE_V8_COVERAGE) takeCoverage();
  forget();
  process.exitCode = undefined;
  process.channel.ref();
  process.chdir('/');
  for (const stream of [process.stdout, process.stderr]) stream.write(`\n${endOfRun} ${code}\n`);
}

function forget() {
  for (const [name, listeners] of listenersNow()) {
    for (const listener of listeners) {
      if (ownListeners.get(name)?.has(listener)) continue;
      process.removeListener(name, listener);
      // There temporary folders are removed.
      if (name === 'exit') listener.call(process, process.exitCode ?? 0);
    }
  }
  for (const [holder, name] of SHARED) {
    const state = holder[name] ?? {};
    for (const key of Object.keys(state)) delete state[key];
  }
  // By this the framework knows a process in which it runs already.
  delete EvalError.$serverlessCommandStartTime;
  for (const file of Object.keys(require.cache)) if (ANEW.test(file)) delete require.cache[file];
}
