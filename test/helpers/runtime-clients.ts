import { describe } from '@jest/globals';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CACHE, run } from './cached';
import { ROOT } from './framework';
import { makeOnce } from './make-once';
import { preparePython, PYTHON } from './python';

/** A client of Lambda's Runtime API: the plugin's own for Node, or AWS's for one of three languages. */
export interface RuntimeClient {
  name: string;
  /** Starts the client with the handler of test/fixtures/handlers. */
  command: string[];
  /** Installs the client unless it exists. @returns why it cannot, or undefined */
  prepare: () => string | undefined;
}

export const RUNTIME_BUNDLE = path.join(ROOT, 'dist/layer/runtime.js');
export const HANDLERS = path.join(ROOT, 'test/fixtures/handlers');

const NODE_CLIENT = path.join(CACHE, 'watchbot-runtime-node');
const NODE_22_CLIENT = path.join(CACHE, 'watchbot-runtime-node22');
const NODES = path.join(CACHE, 'watchbot-runtime-nodes');
const GO_HANDLER = path.join(CACHE, 'watchbot-runtime-go/handler');

const RUNTIME_CLIENTS: readonly RuntimeClient[] = [
  {
    name: 'the plugin’s own for Node',
    command: [process.execPath, '--enable-source-maps', RUNTIME_BUNDLE],
    prepare: () => undefined,
  },
  {
    name: 'aws-lambda-ric for Node',
    command: [
      process.execPath,
      path.join(NODE_CLIENT, 'node_modules/aws-lambda-ric/index.mjs'),
      'cases.handler',
    ],
    prepare: prepareNodeClient,
  },
  {
    name: 'awslambdaric for Python',
    command: [PYTHON, '-m', 'awslambdaric', 'cases.handler'],
    prepare: preparePython,
  },
  { name: 'aws-lambda-go', command: [GO_HANDLER], prepare: prepareGoHandler },
];

/** AWS's client for Node in the version that Lambda uses, on the Node with which Lambda uses it. */
export interface AwsNodeClient {
  name: string;
  key: 'on22' | 'on24';
  node: string;
  /** Starts the client with a handler of test/fixtures/handlers. */
  command: (handler: string) => string[];
  prepare: () => string | undefined;
}

const nodeOf = (name: string) => path.join(NODES, 'node_modules', name, 'bin/node');

/** In Lambda, each version of Node has its version of the client. */
export const AWS_NODE_CLIENTS: readonly AwsNodeClient[] = [
  {
    name: 'aws-lambda-ric 3 on Node 22',
    key: 'on22',
    node: nodeOf('node22'),
    command: (handler) => [
      nodeOf('node22'),
      path.join(NODE_22_CLIENT, 'node_modules/aws-lambda-ric/bin/index.mjs'),
      handler,
    ],
    prepare: () => prepareNodes() ?? compileNodeClient('node22', NODE_22_CLIENT),
  },
  {
    name: 'aws-lambda-ric 4 on Node 24',
    key: 'on24',
    node: nodeOf('node24'),
    command: () => [nodeOf('node24'), path.join(NODE_CLIENT, 'node_modules/aws-lambda-ric/index.mjs')],
    prepare: () => prepareNodes() ?? prepareNodeClient(),
  },
];

/** Like `describe`, for each client. A client that cannot be installed is skipped, and the name says why. */
export function describeRuntimeClients(define: (client: RuntimeClient) => void): void {
  for (const client of RUNTIME_CLIENTS) {
    const reason = client.prepare();
    const name = reason === undefined ? client.name : `${client.name} (skipped: ${reason})`;
    (reason === undefined ? describe : describe.skip)(name, () => {
      define(client);
    });
  }
}

function prepareNodeClient(): string | undefined {
  return compileNodeClient('node', NODE_CLIENT);
}

function compileNodeClient(name: string, folder: string): string | undefined {
  return install(name, folder, 'Compiling aws-lambda-ric for the tests; this takes a minute, once.');
}

/** Downloads Node's official binaries, for Linux on x64 only: Lambda's clients are compared nowhere else. */
function prepareNodes(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'there are no binaries of Node for it';
  return install('nodes', NODES, 'Fetching Node 22 and 24 for the tests, once.');
}

function install(name: string, folder: string, what: string): string | undefined {
  const source = path.join(ROOT, 'test/runtimes', name);
  return makeOnce(folder, readFileSync(path.join(source, 'package-lock.json')), () => {
    cpSync(source, folder, { recursive: true });
    process.stderr.write(`${what}\n`);
    return run('npm', ['ci', '--no-audit', '--no-fund'], folder);
  });
}

function prepareGoHandler(): string | undefined {
  const source = path.join(HANDLERS, 'go');
  const content = ['main.go', 'go.sum'].map((file) => readFileSync(path.join(source, file)));
  return makeOnce(path.dirname(GO_HANDLER), Buffer.concat(content), () =>
    run('go', ['build', '-o', GO_HANDLER, '.'], source),
  );
}
