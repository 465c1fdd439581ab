import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { COUNTED_RESULTS, OUTCOMES, type OutcomeRule } from '../../src/contract/outcomes';
import { ROOT } from '../helpers/framework';

it('the table of outcomes in docs/failures.md is the one that the watcher follows', () => {
  const lines = readFileSync(path.join(ROOT, 'docs/failures.md'), 'utf8').split('\n');
  const [head = [], ...rows] = outcomeTable();
  const cellsOf = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const at = lines.findIndex((line) => cellsOf(line)[0] === head[0]);
  expect(cellsOf(lines[at]!)).toEqual(head);
  const shown = lines.slice(at + 2, at + 2 + rows.length).map(cellsOf);
  expect(shown).toEqual(rows);
  expect(cellsOf(lines[at + 2 + rows.length] ?? '')).toEqual([]);
});

/** As the page has it. */
function outcomeTable(): readonly string[][] {
  const rows = Object.values(OUTCOMES).map(({ when, result, fate, isReceiveCounted }) => [
    when,
    `\`${result}\``,
    FATE_TEXT[fate],
    COUNTED_RESULTS.includes(result) ? 'yes' : 'no',
    fate === 'deleted' ? '' : isReceiveCounted ? 'yes' : 'no',
  ]);
  return [['exit code', 'result', 'the message', 'counts as a failure', 'one of `maxReceives`'], ...rows];
}

const FATE_TEXT: Readonly<Record<OutcomeRule['fate'], string>> = {
  deleted: 'is deleted',
  'after the backoff': 'comes again after the backoff',
  'at once': 'comes again at once',
};
