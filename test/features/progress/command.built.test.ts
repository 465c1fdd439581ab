import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { startTestDynamoDb, tableEnvironment, tableNameOf, type TestDynamoDb } from '../../helpers/dynamodb';
import { startTestServer, type TestServer } from '../../helpers/http-server';

const BUNDLE = path.resolve(__dirname, '../../../dist/layer/progress.js');

let dynamoDb: TestDynamoDb;
let front: TestServer;
let arn: string;
/** How the next calls of an action fail before DynamoDB is asked; `lost`: DynamoDB is asked, and the answer is lost. */
let faults: { action: string; fault: 'throttled' | 'broken' | 'lost' }[] = [];

beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  front = await startTestServer(({ headers, body }, response) => {
    const target = String(headers['x-amz-target']);
    const index = faults.findIndex(({ action }) => target.endsWith(action));
    const [taken] = index === -1 ? [] : faults.splice(index, 1);
    if (taken?.fault === 'throttled') {
      const __type = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';
      return void response.writeHead(400).end(JSON.stringify({ __type, message: 'slow down' }));
    }
    if (taken?.fault === 'broken') return void response.writeHead(500).end('<html></html>');
    const pick = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];
    const sent = Object.fromEntries(pick.map((name) => [name, String(headers[name])]));
    void fetch(dynamoDb.endpoint, { method: 'POST', headers: sent, body }).then(async (answer) => {
      const said = await text(Readable.from([await answer.text()]));
      if (taken?.fault === 'lost') response.destroy();
      else response.writeHead(answer.status).end(said);
    });
  });
});
afterAll(async () => {
  await front.stop();
  await dynamoDb.stop();
});
beforeEach(async () => {
  faults = [];
  arn = await dynamoDb.createTable();
});

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...tableEnvironment(front.url, arn), MessageId: 'm1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [BUNDLE, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const printed = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

const itemOf = async (id: string) => {
  const Key = { id: { S: id } };
  const { Item } = await dynamoDb.call('GetItem', { TableName: tableNameOf(arn), Key });
  return Item as Record<string, object>;
};

describe('watchbot-progress', () => {
  it('says what Watchbot’s helper says, and leaves an item that the helper can read', async () => {
    expect(await printed('status', 'job')).toBe('{"progress":0}\n');
    expect(await printed('set-metadata', 'job', '-m', '{"name":"tiles"}')).toBe('');
    expect(await printed('set-total', 'job', '-t', '3')).toBe('');
    expect(await itemOf('job')).toMatchObject({
      parts: { NS: expect.arrayContaining(['1', '2', '3']) },
      total: { N: '3' },
      metadata: { M: { name: { S: 'tiles' } } },
      expires: { N: expect.stringMatching(/^\d{10}$/) },
    });
    expect(await printed('complete-part', 'job', '-p', '1')).toBe('false\n');
    expect(await printed('complete-part', 'job', '-p', '1')).toBe('false\n');
    expect(await printed('set-total', 'job', '-t', '3')).toBe('');
    expect(await printed('status', 'job', '--part', '1')).toBe(
      '{"progress":0.33,"metadata":{"name":"tiles"},"partComplete":true}\n',
    );
    expect(await printed('complete-part', 'job', '-p', '2')).toBe('false\n');
    expect(await printed('complete-part', 'job', '--part=3')).toBe('true\n');
    expect(await printed('reduce-sent', 'job')).toBe('');
    for (const part of ['1', '3']) expect(await printed('complete-part', 'job', '-p', part)).toBe('false\n');
    expect(await printed('status', 'job')).toBe(
      '{"progress":1,"metadata":{"name":"tiles"},"reduceSent":true}\n',
    );
  });

  it('tells the version that it was built as', async () => {
    const { version } = JSON.parse(
      readFileSync(path.resolve(__dirname, '../../../package.json'), 'utf8'),
    ) as {
      version: string;
    };
    expect(await printed('--version')).toBe(`${version}\n`);
  });

  it('goes on with an item that Watchbot’s helper wrote', async () => {
    const Item = { id: { S: 'old' }, parts: { NS: ['2', '4'] }, total: { N: '4' } };
    await dynamoDb.call('PutItem', { TableName: tableNameOf(arn), Item });
    expect(await printed('status', 'old', '-p', '2')).toBe('{"progress":0.5,"partComplete":false}\n');
    expect(await printed('complete-part', 'old', '-p', '2')).toBe('false\n');
    expect(await printed('complete-part', 'old', '-p', '4')).toBe('true\n');
  });

  it('ends a job of shards like any other', async () => {
    await printed('set-total', 'big', '-t', '3', '--sharded');
    expect(await itemOf('big')).not.toHaveProperty('parts');
    for (const part of ['3', '1', '3'])
      expect(await printed('complete-part', 'big', '-p', part)).toBe('false\n');
    expect(await printed('status', 'big', '-p', '1')).toBe('{"progress":0,"partComplete":true}\n');
    expect(await printed('complete-part', 'big', '-p', '2')).toBe('true\n');
  });

  it('stops a job that has failed', async () => {
    await printed('set-total', 'job', '-t', '1');
    await printed('fail-job', 'job', '-r', 'no such tile');
    expect(await printed('status', 'job')).toBe('{"progress":0,"failed":"no such tile"}\n');
    expect(await printed('complete-part', 'job', '-p', '1')).toBe('false\n');
    expect(await run('complete-part', 'job', '-p', '1', '--if-failed', 'reject')).toMatchObject({ code: 3 });
    expect(await run('status', 'job', '--if-failed', 'noop')).toMatchObject({ code: 4 });
  });

  it('counts parts from 0 for those who do', async () => {
    await printed('set-total', 'zero', '-t', '2');
    expect(await printed('complete-part', 'zero', '-p', '0', '--from', '0', '--json')).toMatch(/"part":0,/);
    expect(await printed('status', 'zero', '-p', '0', '--from', '0')).toContain('"partComplete":true');
    expect(await printed('complete-part', 'zero', '-p', '1', '--from', '0')).toBe('true\n');
  });

  it.each([
    [['complete-part', 'none', '-p', '1'], /no total was set/],
    [['complete-part', 'two', '-p', '3'], /part 3 is none of the job's, which count from 1 to its total, 2/],
    [['complete-part', 'two', '-p', '0'], /say so: --from 0/],
    [['set-total', 'two', '-t', '0'], /from 1 to 10,000,000/],
    [['complete-part', 'two', '-p', 'x'], /allowed: a whole number/],
    [['set-metadata', 'two', '-m', '{'], /allowed: JSON/],
    [['fail-job', 'two'], /no --reason/],
    [['forget', 'two'], /allowed: one of status, set-total/],
    [['status'], /no job id/],
    [['status', 'two', '--parts', '1'], /Unknown option '--parts'/],
  ])('refuses %j with exit code 1', async (args, said) => {
    await printed('set-total', 'two', '-t', '2');
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it.each(['throttled', 'broken', 'lost'] as const)('answers `true` although calls are %s', async (fault) => {
    await printed('set-total', 'job', '-t', '1');
    faults = ['GetItem', 'UpdateItem', 'UpdateItem', 'UpdateItem', 'GetItem'].map((action) => ({
      action,
      fault,
    }));
    expect(await printed('complete-part', 'job', '-p', '1')).toBe('true\n');
    expect(faults).toEqual([]);
  });
});
