import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { own } from '../chaos/owned.mjs';

const DYNALITE = path.resolve(import.meta.dirname, '../helpers/dynalite-process.mjs');
export const PROGRESS = path.resolve(import.meta.dirname, '../../dist/layer/progress.js');

const TABLE = 'jobs';
const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts dynalite with the table of reduce mode in its own process. */
export async function startDynamoDb() {
  const child = fork(DYNALITE);
  const ended = once(child, 'exit');
  const end = own(async () => {
    if (child.connected) child.disconnect();
    await ended;
  });
  const [{ endpoint }] = await once(child, 'message');
  await createTable(endpoint);
  const environment = {
    ProgressTable: `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}`,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  };
  return { environment, end };
}

/** Runs `watchbot-progress`. @returns the JSON that it prints */
export async function ask(environment, ...words) {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRESS, ...words], { env: environment });
  return JSON.parse(stdout);
}

/** Creates the table. dynalite accepts any signature. */
async function createTable(endpoint) {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.CreateTable',
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${KEYS.accessKeyId}, SignedHeaders=host, Signature=any`,
    },
    body: JSON.stringify({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  });
  if (!answer.ok) throw new Error(`dynalite: ${await answer.text()}`);
}
