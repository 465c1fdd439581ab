// Measures how long `watchbot-progress complete-part` takes, compared with a Node that does nothing. Workers run it
// once for each part. It makes two calls to DynamoDB, here on loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ask, PROGRESS, startDynamoDb } from '../test/reduce/dynamodb.mjs';
import { compare, pairs } from './measure.mjs';

export const RUNS = 21;

export async function measure(runs) {
  const dynamoDb = await startDynamoDb();
  const { environment } = dynamoDb;
  let part = 0;
  await ask(environment, 'set-total', 'job', '-t', '1000', '--json');
  const samples = await pairs(runs, {
    base: () => timeNode(['-e', '0'], environment),
    ours: () => timeNode([PROGRESS, 'complete-part', 'job', '-p', String((part += 1))], environment),
  });
  await dynamoDb.end();
  return compare(samples, { base: 'node -e 0', ours: 'watchbot-progress complete-part' });
}

/** @throws {Error} if the program fails */
async function timeNode(words, env) {
  const begin = performance.now();
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`node ${words.join(' ')} ended with ${code}`);
  return performance.now() - begin;
}
