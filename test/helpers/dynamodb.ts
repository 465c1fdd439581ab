import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { signedHeaders } from '../../src/features/progress/dynamodb/credentials';
import { createDynamoDbClient } from '../../src/features/progress/dynamodb/client';
import { createDynamoDbTable } from '../../src/features/progress/dynamodb/table';
import type { Table } from '../../src/features/progress/store';
import { systemClock } from '../../src/shared/clock';
import { ACCOUNT_ID, REGION } from './emulator';

export interface TestDynamoDb {
  endpoint: string;
  /** Calls an action of the API. */
  call(action: string, input: object): Promise<Record<string, unknown>>;
  /** Creates a table with the key of reduce mode. @returns its ARN */
  createTable(): Promise<string>;
  stop(): Promise<void>;
}

const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };
let tableCount = 0;

/** Starts dynalite in its own process. */
export async function startTestDynamoDb(): Promise<TestDynamoDb> {
  const child = fork(path.join(__dirname, 'dynalite-process.mjs'));
  const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }];
  const call = (action: string, input: object) => callDynamoDb(endpoint, action, input);
  return {
    endpoint,
    call,
    createTable: async () => {
      tableCount += 1;
      const TableName = `jobs-${process.pid}-${tableCount}`;
      await call('CreateTable', {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      });
      return `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${TableName}`;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** Starts dynalite with one table. @returns the table as the progress helper uses it */
export async function startTestTable(): Promise<{ table: Table; stop: () => Promise<void> }> {
  const dynamoDb = await startTestDynamoDb();
  const tableName = tableNameOf(await dynamoDb.createTable());
  const client = createDynamoDbClient({
    address: { tableName, region: REGION, endpoint: new URL(dynamoDb.endpoint) },
    credentials: () => Promise.resolve(KEYS),
    clock: systemClock,
    random: () => 0.5,
  });
  return {
    table: createDynamoDbTable(client, tableName),
    stop: async () => {
      client.close();
      await dynamoDb.stop();
    },
  };
}

async function callDynamoDb(endpoint: string, action: string, input: object) {
  const body = JSON.stringify(input);
  const headers = {
    host: new URL(endpoint).host,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${action}`,
  };
  const scope = { region: REGION, service: 'dynamodb' };
  const signed = signedHeaders({ headers, body, time: new Date() }, KEYS, scope);
  const answer = await fetch(endpoint, { method: 'POST', headers: signed, body });
  const output = (await answer.json()) as Record<string, unknown>;
  if (!answer.ok) throw new Error(`${action}: ${JSON.stringify(output)}`);
  return output;
}

export const tableNameOf = (arn: string): string => arn.split('/')[1]!;

/** The variables with which a worker reaches the table. */
export const tableEnvironment = (endpoint: string, arn: string): Record<string, string> => ({
  ProgressTable: arn,
  AWS_ENDPOINT_URL: endpoint,
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
});
