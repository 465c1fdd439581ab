// Runs commands of the framework one after another in one process, so that libraries are loaded only once. See
// `warm-framework.ts`.
'use strict';

const { Buffer } = require('node:buffer');
const Module = require('node:module');
const process = require('node:process');
const { Readable } = require('node:stream');
const { takeCoverage } = require('node:v8');

const [program, endOfRun] = process.argv.slice(2);
/** Defined only if coverage is measured. */
const { NODE_V8_COVERAGE } = process.env;

// Modules that keep the state of a command: the framework, its log, and its exit handlers. Each command loads them
// again.
const STATEFUL_MODULES =
  /\/node_modules\/(?:osls|serverless|@serverless|log|log-node|cli-progress-footer|process-utils|signal-exit|uni-global)\//;

/** Validators of serverless.yml. The framework generates 8 MB of code for each; they are compiled once. */
const validators = new Map();
const compile = Module.prototype._compile;
Module.prototype._compile = function (text, file, ...others) {
  if (!file.includes('[generated-ajv-validate]')) return compile.call(this, text, file, ...others);
  if (validators.has(text)) this.exports = validators.get(text);
  else compile.call(this, text, file, ...others);
  validators.set(text, this.exports);
};

const ownListeners = new Map();
const listenersNow = () => process.eventNames().map((name) => [name, process.rawListeners(name)]);

process.on('message', start);
// A command is over when its process would end: when nothing is left to wait for.
process.on('beforeExit', end);
process.on('disconnect', () => process.exit());
for (const [name, listeners] of listenersNow()) ownListeners.set(name, new Set(listeners));
/** Where the framework and its log keep the state that all their copies in a process share. */
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
  // An open channel would keep the host from noticing that the command is over.
  process.channel.unref();
  require(program);
}

function end() {
  const code = process.exitCode ?? 0;
  // The host is killed in the end, and could not write its coverage then.
  if (NODE_V8_COVERAGE) takeCoverage();
  resetState();
  process.exitCode = undefined;
  process.channel.ref();
  process.chdir('/');
  for (const stream of [process.stdout, process.stderr]) stream.write(`\n${endOfRun} ${code}\n`);
}

function resetState() {
  for (const [name, listeners] of listenersNow()) {
    for (const listener of listeners) {
      if (ownListeners.get(name)?.has(listener)) continue;
      process.removeListener(name, listener);
      // Exit handlers remove temporary folders.
      if (name === 'exit') listener.call(process, process.exitCode ?? 0);
    }
  }
  for (const [holder, name] of SHARED) {
    const state = holder[name] ?? {};
    for (const key of Object.keys(state)) delete state[key];
  }
  // The framework sets this to detect that it already runs in the process.
  delete EvalError.$serverlessCommandStartTime;
  for (const file of Object.keys(require.cache)) if (STATEFUL_MODULES.test(file)) delete require.cache[file];
}
