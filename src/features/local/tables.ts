import { once } from 'node:events';
import type { Server } from 'node:http';
import { UserError } from '../../errors/user-error';
import { LOOPBACK } from './emulator';
import { resolve, type Scope } from './intrinsics';
import { guardRequests } from './request-guard';
import { resourcesOf, type CompiledTemplate } from './template';

/** The tables of a template, in an embedded DynamoDB. */
export interface LocalTables {
  /** On loopback only. */
  endpoint: string;
  stop(): Promise<void>;
}

const TABLE = 'AWS::DynamoDB::Table';

/** What of a table the embedded DynamoDB knows; it keeps all in memory, and removes nothing by time. */
const PROPERTIES = ['TableName', 'AttributeDefinitions', 'KeySchema', 'BillingMode'] as const;

interface TablesParts {
  /** For what the tables' properties refer to. */
  scope: Scope;
  /** Text for people. */
  onRefused: (text: string) => void;
}

/**
 * @returns undefined where the template has no table
 * @throws {UserError} `WATCHBOT_NO_DYNALITE`
 */
export async function startTables(
  template: CompiledTemplate,
  { scope, onRefused }: TablesParts,
): Promise<LocalTables | undefined> {
  const tables = resourcesOf(template, TABLE);
  if (tables.length === 0) return undefined;
  const server = (await loadDynalite())({ createTableMs: 0 });
  // By itself it lets any web page read and write.
  guardRequests(server, onRefused);
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const endpoint = `http://${LOOPBACK}:${port}`;
  try {
    for (const [id, properties] of tables) {
      const named = { TableName: id, ...properties } as Record<string, unknown>;
      const known = PROPERTIES.map((name) => [name, resolve(named[name], scope)] as const);
      await createTable(endpoint, Object.fromEntries(known));
    }
  } catch (error) {
    // Else it would keep the process from ending.
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

/** Ten megabytes that only services with such a table need: they install it themselves. */
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

/** It takes any signature, and so no client is needed. */
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
  if (!answer.ok) throw new Error(`the embedded DynamoDB: ${await answer.text()}`);
}
