import { beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { JobResult } from '../../../src/contract/outcomes';
import { decide } from '../../../src/watcher/settle/decide';
import { startByNode } from '../../../src/watcher/worker/node-spawn';
import { runWorker, type WorkerEnd } from '../../../src/watcher/worker/run-worker';
import { createFakeClock } from '../../helpers/fake-clock';
import { collectLines } from '../../helpers/lines';
import { processesWithVariable } from '../../helpers/processes';
import { describeEachWay } from '../../helpers/ways-to-start';

const WORK = path.resolve(__dirname, '../../fixtures/workers/work.sh');

interface Shell {
  name: string;
  words: readonly string[];
}

const SHELLS: readonly Shell[] = [
  { name: 'dash', words: ['dash'] },
  { name: 'bash', words: ['bash'] },
  { name: 'bash --posix', words: ['bash', '--posix'] },
  { name: 'busybox', words: ['busybox', 'sh'] },
];

interface Form {
  line: string;
  /** Its exit codes where `work` ends with 0, and with 7. */
  whole?: number;
  failing: number;
  /** Not understood by the others. */
  only?: string;
  not?: string;
  /** It says itself what SIGTERM leads to. */
  hasOwnTrap?: boolean;
  /** What Node's spawn then knows nothing of. */
  leavesGroup?: boolean;
}

/** `work` stands for a program that runs, and is cut. */
const FORMS: readonly Form[] = [
  { line: 'work', failing: 7 },
  { line: 'work; true', failing: 0 },
  { line: 'true; work', failing: 7 },
  { line: 'work && true', failing: 7 },
  { line: 'true && work && true', failing: 7 },
  { line: 'work || exit 9', failing: 9 },
  { line: 'work || true', failing: 0 },
  { line: 'work | cat', failing: 0 },
  { line: 'true | work', failing: 7 },
  { line: 'echo "$(work)"', failing: 0 },
  { line: 'echo "`work`"', failing: 0 },
  { line: 'x=$(work); echo "$x"', failing: 0 },
  { line: 'x=$(work)', failing: 7 },
  { line: 'true -d "$(work)" URL', failing: 0 },
  { line: 'X=$(work) true', failing: 0 },
  { line: '(work)', failing: 7 },
  { line: '(work; true)', failing: 0 },
  { line: '{ work; }', failing: 7 },
  { line: 'if work; then true; else exit 9; fi', failing: 9 },
  { line: 'while work; do break; done', failing: 0 },
  { line: 'until work; do exit 9; done', failing: 9 },
  { line: 'for x in 1; do work; done', failing: 7 },
  { line: 'case "$(work)" in *) true;; esac', failing: 0 },
  { line: 'exec work', failing: 7 },
  { line: 'work & wait', failing: 0 },
  { line: 'work & wait $!', failing: 7 },
  { line: 'f() { work; }; f', failing: 7 },
  { line: "trap 'exit 0' TERM; work", failing: 7, hasOwnTrap: true },
  { line: 'trap : TERM; work; true', failing: 0, hasOwnTrap: true },
  { line: 'set -e; work; true', failing: 7 },
  { line: 'set -o pipefail; work | cat', failing: 7, only: 'bash' },
  { line: 'cat <<EOF\n$(work)\nEOF', failing: 0 },
  { line: "sh -c 'work; true'", failing: 0 },
  { line: 'timeout 600 work', failing: 7, leavesGroup: true },
  { line: 'nohup work', failing: 7 },
  { line: 'time work', failing: 7, only: 'bash' },
  { line: 'env X=1 work', failing: 7 },
  { line: "eval 'work'", failing: 7 },
  { line: 'command work', failing: 7 },
  { line: '! work', whole: 1, failing: 0 },
  { line: 'work # ; a comment', failing: 7 },
  { line: `'work' "" 2>&2`, failing: 7 },
  { line: 'true\nwork\ntrue', failing: 0 },
  { line: 'setsid -w work', failing: 7, not: 'busybox', leavesGroup: true },
];

const isThere = ([program = '', ...words]: readonly string[]) =>
  spawnSync(program, [...words, '-c', 'true']).status === 0;

describeEachWay((start) => {
  let tag = '';
  let lastTag = 0;
  beforeEach(() => {
    tag = `${process.pid}-${(lastTag += 1)}`;
  });

  function run({ words }: Shell, { line }: Form, MODE: string) {
    const clock = createFakeClock();
    const lines = collectLines();
    const [program = '', ...mode] = words;
    const worker = runWorker({
      start,
      command: { program, arguments: [...mode, '-c', line.replaceAll(/\bwork\b/g, WORK)], text: line },
      environment: { PATH: process.env.PATH, MODE, TAG: tag },
      input: '',
      clock,
      writeLines: (texts) => {
        texts.forEach(lines.add);
      },
    });
    return { clock, lines, worker, ended: worker.ended };
  }

  const codeOf = (end: WorkerEnd) => (end.kind === 'exited' ? end.code : end.reason);
  const resultOf = (end: WorkerEnd) => decide(end, { receives: 1, heldSeconds: 0 }).result;

  // What differs between the ways of starting is not the shell.
  const shells = start === startByNode ? SHELLS.slice(0, 2) : SHELLS;
  for (const shell of shells) {
    const define = isThere(shell.words) ? describe : describe.skip;
    const forms = FORMS.filter(
      ({ only = shell.name, not }) => shell.name.startsWith(only) && shell.name !== not,
    );

    define(`a line of ${shell.name}${isThere(shell.words) ? '' : ' (not installed)'}`, () => {
      it.each(forms)('keeps its exit code: $line', async (form) => {
        const ends = await Promise.all(['0', '7'].map((mode) => run(shell, form, mode).ended));
        expect(ends.map(codeOf)).toEqual([form.whole ?? 0, form.failing]);
      });

      it.each(forms)('is no success where SIGTERM comes from elsewhere: $line', async (form) => {
        if (form.hasOwnTrap) return;
        const { ended } = run(shell, form, 'kill');
        expect(resultOf(await ended)).toBe(JobResult.failure);
        expect(processesWithVariable(`TAG=${tag}`)).toEqual([]);
      });

      it.each(forms)(
        'is no success where it is stopped, is over its time, or killed: $line',
        async (form) => {
          if (form.leavesGroup && start === startByNode) return;
          const stopped = run(shell, form, 'hang');
          const late = run(shell, form, 'deaf');
          const killed = run(shell, form, 'hang');
          await Promise.all([stopped, late, killed].map(({ lines }) => lines.find('on')));
          stopped.worker.stop('shutdown', 60_000);
          late.worker.stop('duration', 10_000);
          killed.worker.kill();
          await late.clock.advance(10_000);
          const ends = await Promise.all([stopped.ended, late.ended, killed.ended]);
          expect(processesWithVariable(`TAG=${tag}`)).toEqual([]);
          if (!form.hasOwnTrap) for (const end of ends) expect(codeOf(end)).not.toBe(0);
          expect(ends[2]).toMatchObject({ signal: 'SIGKILL', stopped: undefined });
          expect(ends.slice(0, 2)).toMatchObject([{ stopped: 'shutdown' }, { stopped: 'duration' }]);
        },
      );
    });
  }
});
