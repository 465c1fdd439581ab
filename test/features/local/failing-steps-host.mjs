// Runs `local` once for each step that fails, in one process, and prints what came of it and what is left of it.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { EventEmitter, once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers';
import { parseConfiguration } from '../../../dist/config/parse.js';
import { LOCAL_STEPS, runLocal } from '../../../dist/features/local/local.js';
import { lazyClients } from '../../../dist/features/stack/clients.js';
import { buildTemplate, listResources } from '../../../dist/resources/template.js';
import { systemClock } from '../../../dist/shared/clock.js';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const region = 'us-east-1';

/** It waits until it is told to stop, as the watcher does. */
const WATCHER = `
const timer = setInterval(() => undefined, 1000);
process.on('SIGINT', () => { clearInterval(timer); process.disconnect(); });
console.log('watching');
`;

const full = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
const bug = () => Promise.reject(new TypeError('a bug'));

/** The real step, whose result cannot be given back. */
const stuck = (name, release) => ({
  [name]: async (...given) => {
    const real = await LOCAL_STEPS[name](...given);
    return {
      ...real,
      [release]: async () => {
        await real[release]();
        throw new Error(`${release} fails`);
      },
    };
  },
});

let count = 0;
/** Of two watchers the second cannot be started, while the first one can. */
const oneWatcher = (command) => ((count += 1) % 2 === 0 ? full() : LOCAL_STEPS.startWatcher(command));

const MANY = { workers: { render: { command: 'true' }, join: { command: 'true' } } };
const MALFORMED = { command: 'true', environment: { A: { 'Fn::Join': ['x'] }, B: { 'Fn::Sub': [1] } } };

const CASES = {
  'nothing fails': {},
  'the emulator': { steps: { startEmulator: full } },
  packaging: { packageService: full },
  bundlers: { steps: { openHandlers: full } },
  'queues and topics': { steps: { createStack: full } },
  'the file by which the run is found': { steps: { publishLocalRun: full } },
  'the log': { steps: { startLocalLog: full } },
  tables: { steps: { startTables: full } },
  'the temporary folder': { steps: { makeFolder: full } },
  commands: { steps: { writeCommands: full } },
  'a watcher': { steps: { startWatcher: full } },
  'the second watcher': { section: MANY, steps: { startWatcher: oneWatcher } },
  'a watcher that ends': { watcher: 'process.exit(7)' },
  'a watcher that ends while messages are sent': { watcher: 'process.exit(7)', messages: 'one\n' },
  sending: { messages: 'one\n', steps: { sendAndSettle: full } },
  'the timeout': { messages: 'one\n', timeout: '1' },
  'a queue that AWS refuses': {
    section: { command: 'true', extensions: { queue: { DelaySeconds: 901 } } },
  },
  'a bug': { steps: { createStack: bug } },
  'functions of the wrong form': { section: MALFORMED },
  'a port that is taken': { isTaken: true },
  'no file of messages': { messages: undefined, options: { messages: 'none.txt' } },
  'Ctrl-C while it is packaged': { isInterrupted: true },
  'resources that are known only in AWS': {
    resources: {
      Other: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: { 'Fn::ImportValue': 'name' },
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::ImportValue': 'dead' }, maxReceiveCount: 3 },
          Tags: [{ Key: 'a', Value: { 'Fn::ImportValue': 'tag' } }],
        },
      },
      Foreign: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          Protocol: 'sqs',
          TopicArn: { 'Fn::ImportValue': 'topic' },
          Endpoint: { 'Fn::GetAtt': ['Other', 'Arn'] },
        },
      },
    },
  },
  'reading what it says': { isUnread: true },
  'stopping the emulator': { steps: stuck('startEmulator', 'stop') },
  'ending the log': { steps: stuck('startLocalLog', 'end') },
  'ending the file by which it is found': { steps: stuck('publishLocalRun', 'end') },
  'stopping a watcher': { steps: stuck('startWatcher', 'stop') },
};

const emitTo = (told) => (text) => void told.push(text);

async function runCase({
  section = { command: 'true' },
  steps = {},
  watcher = WATCHER,
  messages,
  timeout,
  options = {},
  ...more
}) {
  const serviceFolder = mkdtempSync(path.join(process.env.CASES, 'case-'));
  const packageFolder = path.join(serviceFolder, '.serverless');
  const configuration = parseConfiguration(
    section,
    { service: 'tiles', stage: 'dev', region, stackName: 'tiles-dev', tags: {}, roles: { tags: {} } },
    listResources,
  );
  if (messages !== undefined) writeFileSync(path.join(serviceFolder, 'messages.txt'), messages);
  const told = [];
  const output = new EventEmitter();
  let stop = () => undefined;
  const taken = more.isTaken ? createServer().listen(0, '127.0.0.1') : undefined;
  if (taken !== undefined) await once(taken, 'listening');
  let isListening = false;
  let emulatorPort = 0;
  const run = {
    options: {
      port: String(taken?.address().port ?? 0),
      ...(messages === undefined ? {} : { messages: 'messages.txt' }),
      ...(timeout === undefined ? {} : { timeout }),
      ...options,
    },
    configuration,
    serviceFolder,
    packageService: async () => {
      mkdirSync(path.join(packageFolder, 'watchbot/layer'), { recursive: true });
      writeFileSync(path.join(packageFolder, 'watchbot/layer/watcher.js'), watcher);
      const images = Object.fromEntries(configuration.workers.map(({ name }) => [name, 'image']));
      writeFileSync(
        path.join(packageFolder, 'template.json'),
        JSON.stringify({
          Resources: { ...buildTemplate(configuration, images).Resources, ...more.resources },
        }),
      );
      if (more.isInterrupted) stop();
      await more.packageService?.();
      return { folder: packageFolder, templateFile: 'template.json', configuration };
    },
    clientsAt: (endpoint) => {
      emulatorPort = Number(new URL(endpoint).port);
      return lazyClients(() =>
        Promise.resolve({ region, endpoint, credentials, useQueueUrlAsEndpoint: false }),
      );
    },
    credentials,
    asStarted: (text) => text,
    onCtrlC: ({ onFirst }) => {
      isListening = true;
      stop = onFirst;
      return () => {
        isListening = false;
      };
    },
    terminal: { output, error: new EventEmitter(), environment: {} },
    voice: {
      writeText: emitTo(told),
      log: {
        notice: (text) => {
          told.push(text);
          // Somebody presses Ctrl-C as soon as all is up.
          if (!text.includes('Ctrl-C stops.') || watcher !== WATCHER) return;
          if (more.isUnread) setImmediate(() => output.emit('error', new Error('EPIPE')));
          else setImmediate(stop);
        },
        warning: emitTo(told),
        error: emitTo(told),
        info: emitTo(told),
      },
      progress: { get: () => ({ notice: () => undefined, remove: () => undefined }) },
    },
    node: { program: process.execPath, version: process.versions.node },
    clock: systemClock,
    steps,
  };
  const startedAt = performance.now();
  const outcome = await runLocal(run).then(
    (code) => ({ code: code ?? 0 }),
    (error) => ({ error: { name: error.name, code: error.code, text: error.message, stack: error.stack } }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  taken?.close();
  const left = {
    processes: childrenOf(process.pid),
    folders: readdirSync(tmpdir()),
    record: existsSync(path.join(packageFolder, 'watchbot/local-run.json')),
    port: await isTaken(emulatorPort),
    listeners: isListening,
  };
  rmSync(serviceFolder, { recursive: true, force: true });
  return { ...outcome, seconds, told: told.join('\n'), left };
}

/** Whether somebody still listens there. */
async function isTaken(port) {
  if (port === 0) return false;
  const socket = connect(port, '127.0.0.1');
  const [event] = await Promise.race([
    once(socket, 'connect').then(() => ['connect']),
    once(socket, 'error').then(() => ['error']),
  ]).catch(() => ['error']);
  socket.destroy();
  return event === 'connect';
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
}

process.on('unhandledRejection', (error) => {
  console.log(JSON.stringify(['an unhandled rejection', { error: { stack: String(error?.stack) } }]));
});

const wanted = process.argv.slice(2);
for (const [name, given] of Object.entries(CASES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(JSON.stringify([name, await runCase(given)]));
}
