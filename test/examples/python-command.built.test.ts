import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator';
import { ROOT } from '../helpers/framework';
import { describeWithPython, PYTHON } from '../helpers/python';

const FOLDER = path.join(ROOT, 'examples/python-command');

const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function python([program = '', ...args]: string[], message: string, environment: Record<string, string>) {
  const file = path.join(folder, 'message');
  writeFileSync(file, message);
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: FOLDER,
    input: '',
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', MessageFile: file, ...environment },
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

const event = (...keys: string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { bucket: { name: 'uploads' }, object: { key } } })) });

describeWithPython('the worker of python-command', () => {
  const neither = 'rejected: the message is neither an event of S3 nor {bucket, quarter}';
  it.each([
    ['', 3, 'rejected: the message is not JSON'],
    ['[]', 3, 'rejected: the message is not a JSON object'],
    ['{}', 3, neither],
    ['{"Records":[{"s3":null}]}', 3, neither],
    ['{"quarter":"2026-Q1"}', 3, neither],
    ['{"bucket":"uploads","quarter":1}', 3, neither],
    ['{"bucket":"uploads","quarter":"2026-Q5"}', 3, "rejected: '2026-Q5' is no quarter like 2026-Q1"],
    ['{"bucket":"uploads","quarter":"2031-Q1"}', 4, 'not yet: reports/2031-01.json is not there yet'],
    [event('sales/january.csv'), 3, 'rejected: sales/january.csv is not named like sales/2026-01.csv'],
    [event('sales/2031-01.csv'), 1, 'sales/2031-01.csv is not there'],
  ])('answers %s with exit code %i: %s', (message, status, line) => {
    const answer = python(['python3', 'worker.py'], message, { BUCKETS: 'buckets' });
    expect(answer).toEqual({ status, stdout: '', stderr: `${line}\n` });
  });

  describe('with S3', () => {
    let emulator: TestEmulator;
    let environment: Record<string, string>;
    beforeAll(async () => {
      emulator = await startTestEmulator();
      environment = {
        AWS_ENDPOINT_URL: emulator.endpoint,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      };
    });
    afterAll(() => emulator.stop());

    const s3 = (lines: string) => {
      const script = `import boto3\ns3 = boto3.client('s3')\n${lines}`;
      const { status, stdout, stderr } = python([PYTHON, '-c', script], '', environment);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    };

    it('reads all objects of an event, and writes reports', () => {
      const put = (month: string, amount: string) =>
        `s3.put_object(Bucket='uploads', Key='sales/${month} north.csv', Body='day,region,amount\\n${month}-01,north,${amount}\\n')`;
      s3(
        `s3.create_bucket(Bucket='uploads')\n${['01', '02', '03'].map((month) => put(`2026-${month}`, '2.50')).join('\n')}`,
      );
      const work = (message: string) => python([PYTHON, 'worker.py'], message, environment);
      const quarter = '{"bucket":"uploads","quarter":"2026-Q1"}';
      expect(work(quarter)).toMatchObject({
        status: 4,
        stderr: 'not yet: reports/2026-01.json is not there yet\n',
      });
      const keys = ['01', '02', '03'].map((month) => `sales/2026-${month}+north.csv`);
      expect(work(event(...keys))).toMatchObject({ status: 0, stderr: '' });
      expect(work(quarter)).toEqual({ status: 0, stdout: '2026-Q1: north 7.50\n', stderr: '' });
      const report = s3("print(s3.get_object(Bucket='uploads', Key='reports/2026-Q1.json')['Body'].read())");
      expect(report).toContain('{"north": "7.50"}');
    });
  });
});
