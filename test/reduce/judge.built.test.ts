import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const JUDGE = path.join(__dirname, 'judge.mjs');

interface Verdict {
  trues: number;
  slow: number;
  reduces: number;
  problems: string[];
}

const BEGIN = ['time 0', 'start a', 'start b', 'done 1 a', 'ended a', 'done 2 b', 'time 100', 'true 2 b'];
const REDUCED = ['send 2 b', 'confirmed 2 b', 'ended b', 'time 200'];
const AGAIN = ['start c', 'done 2 c', 'true 2 c'];
const AGAIN_REDUCED = ['send 2 c', 'confirmed 2 c', 'ended c', 'time 3100'];

const RIGHT = [
  { what: 'one reduce', lines: [...BEGIN, ...REDUCED], reduces: 1 },
  {
    what: 'a worker that was killed before it sent the message',
    lines: [...BEGIN, 'killed b', 'time 3000', ...AGAIN, ...AGAIN_REDUCED],
    reduces: 1,
  },
  {
    what: 'a worker that was killed after it sent the message, but before it recorded that',
    lines: [...BEGIN, 'send 2 b', 'killed b', 'time 3000', ...AGAIN, ...AGAIN_REDUCED],
    reduces: 2,
  },
  {
    what: 'a worker that was slower than its lease',
    lines: [...BEGIN, 'time 3000', ...AGAIN, ...AGAIN_REDUCED, ...REDUCED],
    reduces: 2,
    slow: 1,
  },
];

const WRONG = [
  {
    what: 'a part that was never done',
    lines: BEGIN.filter((line) => line !== 'done 1 a').concat(REDUCED),
    problems: ['1 of 2 parts were done', 'part 2 was answered `true` when 1 parts were done'],
  },
  {
    what: 'a reduce before all is done',
    lines: ['start b', 'done 2 b', 'true 2 b', ...REDUCED, 'start a', 'done 1 a', 'ended a'],
    problems: ['part 2 was answered `true` when 1 parts were done'],
  },
  {
    what: 'no reduce',
    lines: [...BEGIN, 'killed b', 'time 200'],
    problems: ['no reduce message was sent', 'no worker has confirmed that the reduce message was sent'],
  },
  {
    what: '`true` for two workers within the lease, although one was killed',
    lines: [...BEGIN, 'killed b', ...AGAIN, 'time 200', ...AGAIN_REDUCED],
    problems: ['parts 2 and 2 were both answered `true` within 1000 ms'],
  },
  {
    what: '`true` again without an accident',
    lines: [...BEGIN, 'ended b', 'time 3000', ...AGAIN, ...AGAIN_REDUCED],
    problems: ['2 times `true`, and nothing says why'],
  },
  {
    what: 'a second reduce after the first was confirmed',
    lines: [...BEGIN, ...REDUCED, 'time 3000', ...AGAIN, ...AGAIN_REDUCED],
    problems: [
      'part 2 was answered `true` after reduce-sent',
      '2 times `true`, and nothing says why',
      '2 reduce messages, and nothing says why',
    ],
  },
];

/**
 * Judges all ledgers in one new process, since Jest cannot load ES modules here. Jobs have two parts and a lease of 1
 * s.
 */
function judgeAll(ledgers: readonly (readonly string[])[]): Verdict[] {
  const script = `
    import { judge } from ${JSON.stringify(JUDGE)};
    const texts = ${JSON.stringify(ledgers.map((lines) => lines.join('\n')))};
    console.log(JSON.stringify(texts.map((text) => judge(text, { total: 2, leaseMs: 1000 }))));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as Verdict[];
}

const verdicts = judgeAll([...RIGHT, ...WRONG].map(({ lines }) => lines));
const right = RIGHT.map((row, index) => ({ slow: 0, ...row, verdict: verdicts[index] }));
const wrong = WRONG.map((row, index) => ({ ...row, verdict: verdicts[RIGHT.length + index] }));

it.each(right)('accepts $what', ({ verdict, reduces, slow }) => {
  expect(verdict).toMatchObject({ problems: [], reduces, slow });
});

it.each(wrong)('finds $what', ({ verdict, problems }) => {
  expect(verdict?.problems).toEqual(problems);
});
