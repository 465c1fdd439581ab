import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExitCode } from '../../src/contract/outcomes';
import { itWithPython3 } from '../helpers/python';
import { snippetsOf } from './pages';

const FOLDER = mkdtempSync(path.join(tmpdir(), 'watchbot-webhooks-'));
afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

const recipeOf = (language: string, sender: string) =>
  snippetsOf(language).find(
    ({ page, text }) => page === 'docs/webhooks.md' && text.includes(`not from ${sender}`),
  )!.text;

interface Request {
  body: string | Buffer;
  headers: Record<string, string>;
  sentAt?: string;
  /** Empty: it is not set. */
  secret?: string;
}

/** Runs a recipe of the page as a worker, and gives its exit code and what it has printed. */
function run(program: string, recipe: string, { body, headers, sentAt = SENT, secret = SECRET }: Request) {
  const file = path.join(FOLDER, program.includes('python') ? 'worker.py' : 'worker.mjs');
  writeFileSync(file, recipe);
  const MessageFile = path.join(FOLDER, 'message');
  writeFileSync(MessageFile, body);
  const attributes = Object.entries(headers).map(([name, Value]) => [name, { Type: 'String', Value }]);
  const { status, stdout, stderr } = spawnSync(program, [file], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      PYTHONUTF8: '1',
      MessageFile,
      MessageAttributes: JSON.stringify(Object.fromEntries(attributes)),
      SentTimestamp: sentAt,
      ...(secret === '' ? {} : { WEBHOOK_SECRET: secret }),
    },
  });
  return { status, output: stdout.trim(), stderr };
}

const SENT = '2026-11-30T12:00:00.000Z';
const SENT_SECONDS = Date.parse(SENT) / 1000;
/** The secret, the body and the signature by which GitHub lets everybody test their check. */
const SECRET = "It's a Secret to Everybody";
const KNOWN = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
const hmac = (...parts: (string | Buffer)[]) => {
  const sum = createHmac('sha256', SECRET);
  parts.forEach((part) => sum.update(part));
  return sum.digest('hex');
};

const push = Buffer.from('{"ref": "refs/heads/größer",\r\n "z": 1.50 }\n');
const github = (body: string | Buffer, signature: string): Request => ({
  body,
  headers: { 'X-Hub-Signature-256': signature, 'X-GitHub-Event': 'push', 'X-GitHub-Delivery': '72d3162e' },
});
const fromGitHub = github(push, `sha256=${hmac(push)}`);
const NOT_GITHUB: [string, Request][] = [
  ['another body', { ...fromGitHub, body: Buffer.concat([push, Buffer.from(' ')]) }],
  ['no signature', { ...fromGitHub, headers: { 'X-GitHub-Event': 'push' } }],
  ['letters beyond ASCII as its signature', github(push, 'sha256=ü')],
  ['an empty signature', github(push, '')],
];

const event = '{"id":"evt_1","type":"charge.succeeded"}';
const stripe = (signature: string, sentAt?: string): Request => ({
  body: event,
  headers: { 'Stripe-Signature': signature },
  ...(sentAt === undefined ? {} : { sentAt }),
});
const signed = (seconds: number) => `v1=${hmac(`${seconds}.`, event)}`;
const fromStripe = stripe(`t=${SENT_SECONDS},v1=00,${signed(SENT_SECONDS)},v0=11`);
const NOT_STRIPE: [string, Request][] = [
  ['another body', { ...fromStripe, body: `${event} ` }],
  ['another time', stripe(`t=${SENT_SECONDS + 1},${signed(SENT_SECONDS)}`)],
  ['an old signature', stripe(`t=${SENT_SECONDS - 301},${signed(SENT_SECONDS - 301)}`)],
  ['a signature of another kind', stripe(`t=${SENT_SECONDS},${signed(SENT_SECONDS).replace('v1', 'v0')}`)],
  ['no signature', { ...fromStripe, headers: {} }],
  ['something else as its signature', stripe('ü,t,=,v1=ü,t=ü')],
  ['no time', stripe(`v1=${hmac('NaN.', event)},t=NaN`)],
];

describe.each([
  ['python', 'python3', itWithPython3],
  ['mjs', process.execPath, it],
] as const)('the recipes of docs/webhooks.md in %s', (language, program, test) => {
  test('take what GitHub has signed', () => {
    expect(run(program, recipeOf(language, 'GitHub'), fromGitHub)).toEqual({
      status: 0,
      output: 'push to refs/heads/größer, delivery 72d3162e',
      stderr: '',
    });
    const ping = { ...github('Hello, World!', KNOWN), headers: { 'X-Hub-Signature-256': KNOWN } };
    expect(run(program, recipeOf(language, 'GitHub'), ping)).toEqual({ status: 0, output: '', stderr: '' });
  });

  test('take what Stripe has signed, however long it has waited', () => {
    expect(run(program, recipeOf(language, 'Stripe'), fromStripe)).toEqual({
      status: 0,
      output: 'charge.succeeded evt_1',
      stderr: '',
    });
  });

  test('take nothing without a secret', () => {
    const forged = createHmac('sha256', '').update(push).digest('hex');
    const { status } = run(program, recipeOf(language, 'GitHub'), {
      ...github(push, `sha256=${forged}`),
      secret: '',
    });
    expect(status).toBe(1);
  });

  for (const [sender, what, request] of [
    ...NOT_GITHUB.map(([name, each]) => ['GitHub', name, each] as const),
    ...NOT_STRIPE.map(([name, each]) => ['Stripe', name, each] as const),
  ]) {
    test(`reject what says that it is from ${sender}, with ${what}`, () => {
      const { status, output, stderr } = run(program, recipeOf(language, sender), request);
      expect({ status, stderr }).toEqual({ status: ExitCode.rejected, stderr: '' });
      expect(output).toContain(`not from ${sender}`);
    });
  }
});
