import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTestDynamoDb, tableEnvironment, type TestDynamoDb } from '../../helpers/dynamodb';
import { createTestFolder, type TestFolder } from '../../helpers/folder';

const ROOT = path.resolve(__dirname, '../../..');
const TSC = require.resolve('typescript/bin/tsc');
const run = promisify(execFile);

let dynamoDb: TestDynamoDb;
let folder: TestFolder;

/** A worker's own project, which has the package installed. */
beforeAll(async () => {
  folder = createTestFolder();
  mkdirSync(folder.join('node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, folder.join('node_modules/serverless-watchbot'));
  symlinkSync(path.join(ROOT, 'node_modules/@types/node'), folder.join('node_modules/@types/node'));
  dynamoDb = await startTestDynamoDb();
});
afterAll(async () => {
  await dynamoDb.stop();
  folder.remove();
});

const USE = `
  const jobs = progress();
  await jobs.setTotal('job', 2);
  await jobs.setMetadata('job', { name: 'tiles' });
  const first = await jobs.completePart('job', 2);
  const part = await jobs.status('job', 2);
  const last = await jobs.completion('job', 1, { leaseSeconds: 60 });
  await jobs.reduceSent('job');
  const again = await jobs.completion('job', 1);
  await jobs.setTotal('other', 1);
  await jobs.failJob('other', 'no such tile');
  const failed = await jobs.completion('other', 1);
  const mistake = await jobs.completePart('job', 3).catch((error) => [error instanceof ProgressError, error.code]);
  console.log(JSON.stringify({ first, part, last: last.outcome, again, failed, mistake, over: await jobs.status('job') }));
  jobs.close();
`;

const TYPED = `import { progress, ProgressError, type Completion, type Progress, type Status } from 'serverless-watchbot/progress';
const jobs: Progress = progress('arn:aws:dynamodb:us-east-1:123456789012:table/jobs', { environment: {} });
export const isLast: Promise<boolean> = jobs.completePart('job', 1, { leaseSeconds: 60 });
export const status: Promise<Status> = jobs.status('job', 1);
export const reason = (given: Completion): string => (given.outcome === 'failed' ? given.reason : given.outcome);
export const code = (error: unknown) => (error instanceof ProgressError ? error.code : undefined);
// @ts-expect-error a part is a number
void jobs.completePart('job', '1');
// @ts-expect-error only JSON is kept
void jobs.setMetadata('job', () => 1);
`;

describe('serverless-watchbot/progress', () => {
  it.each([
    {
      file: 'worker.mjs',
      text: `import { progress, ProgressError } from 'serverless-watchbot/progress';${USE}`,
    },
    {
      file: 'worker.cjs',
      text: `const { progress, ProgressError } = require('serverless-watchbot/progress');(async () => {${USE}})();`,
    },
  ])('does in $file what the command does', async ({ file, text }) => {
    writeFileSync(folder.join(file), text);
    const arn = await dynamoDb.createTable();
    const { stdout, stderr } = await run(process.execPath, [file], {
      cwd: folder.path,
      env: { ...tableEnvironment(dynamoDb.endpoint, arn), MessageId: 'm1' },
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      first: false,
      part: { progress: 0.5, metadata: { name: 'tiles' }, partComplete: true },
      last: 'reduce',
      again: { outcome: 'reduce-sent', isComplete: false },
      failed: { outcome: 'failed', isComplete: false, reason: 'no such tile' },
      mistake: [true, 'PART'],
      over: { progress: 1, metadata: { name: 'tiles' }, reduceSent: true },
    });
  });

  it('says at once that it has no table', async () => {
    writeFileSync(
      folder.join('none.mjs'),
      `import { progress } from 'serverless-watchbot/progress'; progress();`,
    );
    const env = { PATH: process.env.PATH };
    await expect(run(process.execPath, ['none.mjs'], { cwd: folder.path, env })).rejects.toMatchObject({
      stderr: expect.stringMatching(/ProgressError: ProgressTable is not set/),
    });
  });

  it('has types, for both kinds of modules', async () => {
    const files = ['worker.mts', 'worker.cts'];
    for (const file of files) writeFileSync(folder.join(file), TYPED);
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'node16'];
    await expect(
      run(process.execPath, [TSC, ...options, ...files], { cwd: folder.path }),
    ).resolves.toMatchObject({
      stdout: '',
    });
  });
});
