import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { outcomeTable } from '../../src/contract/outcomes';
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
