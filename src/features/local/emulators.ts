import { once } from 'node:events';
import type { Server } from 'node:http';
import { UserError } from '../../errors/user-error';
import { explained } from './explain';
import { resolve, type Scope } from './intrinsics';
import { guardRequests } from './request-guard';
import { resourcesOf, type CompiledTemplate } from './stack';

/** The embedded emulator of SQS, SNS and S3. */
export interface Emulator {
  /** On loopback only. */
  endpoint: string;
  port: number;
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export function emulatorEndpoint(port: number): string {
  return `http://${LOOPBACK}:${port}`;
}

interface EmulatorOptions {
  /** 0: any that is free. */
  port: number;
  region: string;
  /** Text for people. */
  onRefused: (text: string) => void;
}

/** @throws {UserError} `WATCHBOT_PORT_IN_USE` */
export async function startEmulator({ port, region, onRefused }: EmulatorOptions): Promise<Emulator> {
  const { buildApp } = await load();
  // Its own `startFauxqs` listens on every interface of the machine: anyone near could run a worker here.
  const app = buildApp({ logger: false, defaultRegion: region });
  answerOnLoopbackUrls(app, region);
  guardRequests(app.server, onRefused);
  try {
    await explained(`port ${port}`, () => app.listen({ port, host: LOOPBACK }));
  } catch (error) {
    await app.close();
    if (codeOf((error as Error).cause) === 'EADDRINUSE') throw portInUse(port, error);
    throw error;
  }
  const { port: actualPort } = app.server.address() as { port: number };
  return {
    endpoint: emulatorEndpoint(actualPort),
    port: actualPort,
    stop: async () => {
      // Polls wait for up to 20 s, and a server ends only when its connections have.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code;

/** Loaded only when it is used: it is a web server, with the AWS SDK beside it. */
const load = () => import('../../vendor/fauxqs.mjs');

type App = ReturnType<Awaited<ReturnType<typeof load>>['buildApp']>;

/**
 * The emulator names its queues `http://sqs.REGION.localhost:PORT/…`, which many systems do not resolve, and knows them
 * by exactly that text. Here they get the address on which it listens, so that any client of this machine finds them.
 */
function answerOnLoopbackUrls(app: App, region: string): void {
  const ownHost = (port: string) => `http://sqs.${region}.localhost:${port}/`;
  app.addHook('preHandler', (request, _reply, done) => {
    const body = request.body as { QueueUrl?: unknown } | undefined;
    const url = typeof body?.QueueUrl === 'string' ? body.QueueUrl : '';
    const [, port, path] = /^https?:\/\/[^/:]+:(\d+)\/(.*)$/.exec(url) ?? [];
    if (body !== undefined && port !== undefined) body.QueueUrl = `${ownHost(port)}${path}`;
    done();
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    const [, port = ''] = /:(\d+)$/.exec(request.headers.host ?? '') ?? [];
    if (typeof payload !== 'string') return payload;
    return Promise.resolve(payload.replaceAll(ownHost(port), `${emulatorEndpoint(Number(port))}/`));
  });
}

function portInUse(port: number, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_PORT_IN_USE',
      place: '--port',
      given: `${port}, on which something listens already`,
      allowed: 'a free port of this machine',
      advice: 'stop the other `sls watchbot local`, or choose with --port (0: any free one)',
    },
    cause,
  );
}

/** The tables of a template, in an embedded DynamoDB. */
export interface LocalTables {
  /** On loopback only. */
  endpoint: string;
  stop(): Promise<void>;
}

const TABLE = 'AWS::DynamoDB::Table';

/** The properties of a table that the embedded DynamoDB knows. It keeps all in memory, and nothing expires in it. */
const PROPERTIES = ['TableName', 'AttributeDefinitions', 'KeySchema', 'BillingMode'] as const;

interface TablesOptions {
  /** What the references in the tables' properties mean. */
  scope: Scope;
  /** Text for people. */
  onRefused: (text: string) => void;
}

/**
 * @returns undefined if the template has no table
 * @throws {UserError} `WATCHBOT_NO_DYNALITE`
 */
export async function startTables(
  template: CompiledTemplate,
  { scope, onRefused }: TablesOptions,
): Promise<LocalTables | undefined> {
  const tables = resourcesOf(template, TABLE);
  if (tables.length === 0) return undefined;
  const server = (await loadDynalite())({ createTableMs: 0 });
  // By itself, dynalite lets any web page read and write.
  guardRequests(server, onRefused);
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const endpoint = `http://${LOOPBACK}:${port}`;
  try {
    for (const [id, properties] of tables) {
      const named = { TableName: id, ...properties } as Record<string, unknown>;
      await explained(`table ${id}`, () => {
        const known = PROPERTIES.map((name) => [name, resolve(named[name], scope)] as const);
        return createTable(endpoint, Object.fromEntries(known));
      });
    }
  } catch (error) {
    // An open server would keep the process from ending.
    await stop(server);
    throw error;
  }
  return { endpoint, stop: () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.closeAllConnections();
  server.close();
  await closed;
}

type Dynalite = (options: { createTableMs: number }) => Server;

/** Ten megabytes that only services with a table need: they install it themselves. */
async function loadDynalite(): Promise<Dynalite> {
  try {
    const name = 'dynalite';
    return ((await import(name)) as { default: Dynalite }).default;
  } catch (error) {
    throw UserError.of(
      {
        code: 'WATCHBOT_NO_DYNALITE',
        place: 'sls watchbot local',
        given: 'a service with a DynamoDB table, as `reduce` makes one',
        allowed: 'dynalite 4, the DynamoDB of this machine, beside serverless-watchbot',
        advice: 'npm install --save-dev dynalite',
      },
      error,
    );
  }
}

/** Calls the emulator without a client: it accepts any signature. */
async function createTable(endpoint: string, input: object): Promise<void> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
    },
    body: JSON.stringify(input),
  });
  if (answer.ok) return;
  const { __type = '', message = '' } = (await answer.json()) as { __type?: string; message?: string };
  // As a client of AWS would throw it.
  throw Object.assign(new Error(message), { name: __type.split('#').at(-1), $fault: 'client' });
}
