import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import path from 'node:path';
import {
  copyService,
  endFrameworks,
  removeServices,
  runFramework,
  startFramework,
  type FrameworkRun,
} from '../../helpers/framework';
import { freePort } from '../../helpers/free-port';

describe('send and logs, at a local run', () => {
  let folder: string;
  let local: FrameworkRun;
  let place: string[];
  beforeAll(async () => {
    folder = copyService('fates');
    place = ['--local', '--port', await freePort()];
    local = startFramework('osls', ['watchbot', 'local', ...place.slice(1)], { folder });
    await local.find('Ctrl-C stops.', 50_000);
  });
  afterAll(async () => {
    await endFrameworks();
    removeServices();
  });

  const run = (...words: string[]) => runFramework('osls', ['watchbot', ...words, ...place], { folder });

  it.each([
    { body: 'ok', code: 0, says: /^Done, at receive 1, after [\d.]+ s \(exit code 0\)$/m },
    { body: 'twice', code: 0, says: /^Receive 1: failure \(exit code 1\); the message comes again$/m },
    { body: 'reject', code: 3, says: /^Rejected: the message is gone, at receive 1/m },
    { body: 'fail', code: 2, says: /^Failed for the last time: .* dead-letter queue, at receive 2/m },
  ])('waits for the outcome of $body: exit code $code', async ({ body, code, says }) => {
    const sent = await run('send', body, '--wait');
    expect(sent.output).toMatch(says);
    expect(sent.code).toBe(code);
  });

  it('waits no longer than it may, and says all in JSON', async () => {
    const { code, output } = await run('send', 'wait', '--wait', '--timeout', '1s', '--json');
    expect(JSON.parse(output)).toMatchObject({ to: 'topic', outcome: { fate: 'unsettled' } });
    expect(code).toBe(4);
    const straight = await run('send', 'ok', '--queue', '--wait', '--json');
    expect(JSON.parse(straight.output)).toMatchObject({ outcome: { fate: 'done', receives: 1 } });
  });

  it('is found in its folder, whatever its port is', async () => {
    const { code, output } = await runFramework('osls', ['watchbot', 'send', 'ok', '--local'], { folder });
    expect(output).toContain(`http://127.0.0.1:${place.at(-1)}`);
    expect(code).toBe(0);
  });

  it('shows one job, and follows', async () => {
    const { output } = await run('send', 'twice', '--json');
    const { messageId } = JSON.parse(output) as { messageId: string };
    const tail = startFramework('osls', ['watchbot', 'logs', ...place, '--tail'], { folder });
    await tail.find(messageId);
    await run('send', 'followed', '--wait');
    await tail.find('hello, message followed');
    // As `sls package` does meanwhile.
    rmSync(path.join(folder, '.serverless/watchbot/local'), { recursive: true });
    await run('send', 'after');
    await tail.find('hello, message after');
    tail.process.kill('SIGINT');
    const { code, output: followed } = await tail.ended;
    expect(code).toBe(0);
    const lines = followed.split('\n');
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('shows one job of it over its receives', async () => {
    const { output } = await run('send', 'twice', '--wait', '--json');
    const { messageId } = JSON.parse(output.split('\n').at(-1)!) as { messageId: string };
    const { output: shown } = await run('logs', '--message', messageId);
    const texts = shown.split('\n').map((line) => line.slice(45).split(' ').slice(0, 3).join(' '));
    expect(texts).toEqual(
      [
        'received (receive 1,',
        '> hello, message',
        '[failure] after',
        'received (receive 2,',
        '> hello, message',
        '[success] after',
      ].map((text) => expect.stringContaining(text)),
    );
  });

  // The last one, since it ends the run.
  it('says at once what became of a message when the run ends', async () => {
    const before = local.count(/\[worker\].*waiting/);
    const waiting = run('send', 'wait', '--wait', '--json');
    await local.findAll(before + 1, /\[worker\].*waiting/);
    local.process.kill('SIGINT');
    await local.ended;
    const { code, output } = await waiting;
    expect(output).toMatch(/^Receive 1: released/m);
    expect(JSON.parse(output.split('\n').at(-1)!)).toMatchObject({ outcome: { fate: 'lost' } });
    expect(code).toBe(4);
  });
});
