import { describe, expect, it } from '@jest/globals';
import { tellNotFound } from '../../../src/features/local/not-found';
import { parse } from '../../config/support';

const outcome = (result: string, reason: string) =>
  `[Tue, 24 Nov 2026 08:00:00 GMT] [watcher] [id] [${result}] after 1 ms, 2 ms since sent, receive 1 (${reason})`;

function tell(section: object, ...lines: string[]) {
  const { workers } = parse(section);
  const told: string[] = [];
  const read = tellNotFound(workers, (text) => void told.push(text));
  lines.forEach((line) => {
    read(line, workers[0]!.name);
  });
  return told;
}

describe('a command that exists only in its image', () => {
  it.each([
    'exit code 127: the command was not found',
    'exit code 126: the command is not a program',
    'cannot run /job: no such file or directory',
  ])('is told once, with the way out: %s', (reason) => {
    const told = tell({ command: '/job' }, outcome('failure', reason), outcome('failure', reason));
    expect(told).toEqual([
      'watchbot: `sls watchbot local` runs the command on this machine, not in the image, and a program of it is not ' +
        `here (${reason}). Install it here, or name another one for here: ` +
        "`command: ${env:PROGRAM, '/job'}` in serverless.yml, and `PROGRAM=./program sls watchbot local`",
    ]);
  });

  it('is told for a list and for an entry point, too', () => {
    const line = outcome('failure', 'cannot run /job: no such file or directory');
    expect(tell({ command: ['/job', 'x'] }, line)[0]).toContain("`command: ${env:PROGRAM, '…'}`");
    const handler = { handler: 'app.run', image: { path: '.' }, entryPoint: ['python3'] };
    expect(tell(handler, line)[0]).toContain('runs the entry point on this machine');
  });

  it.each([
    outcome('failure', 'exit code 1'),
    outcome('released', 'cannot run /job: no more open files'),
    outcome('success', 'exit code 0'),
    outcome('failure', 'exit code 127: the command was not found').replace('[watcher]', '[worker]'),
  ])('is not taken for another failure: %s', (line) => {
    expect(tell({ command: '/job' }, line)).toEqual([]);
  });
});
