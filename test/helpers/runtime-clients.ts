import { describe } from '@jest/globals';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CACHE, once, run } from './cached';
import { ROOT } from './framework';
import { preparePython, PYTHON } from './python';

/** What speaks the Runtime API: the plugin's own for Node, and AWS's for three languages. */
export interface RuntimeClient {
  name: string;
  /** Starts it with the handler of test/fixtures/handlers. */
  command: string[];
  /** Makes it where it is not there; gives why it cannot be, or undefined. */
  prepare: () => string | undefined;
}

export const RUNTIME_BUNDLE = path.join(ROOT, 'dist/layer/runtime.js');
export const HANDLERS = path.join(ROOT, 'test/fixtures/handlers');

const NODE_CLIENT = path.join(CACHE, 'watchbot-runtime-node');
const GO_HANDLER = path.join(CACHE, 'watchbot-runtime-go/handler');

export const RUNTIME_CLIENTS: readonly RuntimeClient[] = [
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

/** As `describe`, for each of them; one that cannot be had is skipped, with the reason in its name. */
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
  const source = path.join(ROOT, 'test/runtimes/node');
  return once(NODE_CLIENT, readFileSync(path.join(source, 'package-lock.json')), () => {
    cpSync(source, NODE_CLIENT, { recursive: true });
    process.stderr.write('Compiling aws-lambda-ric for the tests; this takes a minute, once.\n');
    return run('npm', ['ci', '--no-audit', '--no-fund'], NODE_CLIENT);
  });
}

function prepareGoHandler(): string | undefined {
  const source = path.join(HANDLERS, 'go');
  const content = ['main.go', 'go.sum'].map((file) => readFileSync(path.join(source, file)));
  return once(path.dirname(GO_HANDLER), Buffer.concat(content), () =>
    run('go', ['build', '-o', GO_HANDLER, '.'], source),
  );
}
