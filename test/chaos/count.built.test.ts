import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const FINISH = path.join(__dirname, 'finish.mjs');

/** Calls `count` in a new process, since Jest cannot load ES modules here. */
function count(ends: Record<string, number>, places: Record<string, string>): Record<string, number> {
  const script = `
    import { count } from ${JSON.stringify(FINISH)};
    const [ends, places] = ${JSON.stringify([ends, places])};
    const messages = Object.entries(ends).map(([id, times]) => [id, { starts: [{}], ends: Array(times).fill({}) }]);
    const { histories, ...counts } = count(new Map(messages), { messages: new Map(messages) }, new Map(Object.entries(places)));
    console.log(JSON.stringify(counts));
  `;
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return JSON.parse(text) as Record<string, number>;
}

it.each([
  { what: 'done', ends: 1, place: undefined, expected: { done: 1 } },
  { what: 'done, and not deleted', ends: 1, place: 'in flight', expected: { done: 1, undeleted: 1 } },
  { what: 'lost', ends: 0, place: undefined, expected: { lost: 1, interrupted: 1 } },
  { what: 'left in the queue', ends: 0, place: 'visible', expected: { left: 1, interrupted: 1 } },
  { what: 'left in flight', ends: 0, place: 'in flight', expected: { left: 1, interrupted: 1 } },
  { what: 'left in the queue, delayed', ends: 0, place: 'delayed', expected: { left: 1, interrupted: 1 } },
  { what: 'a dead letter', ends: 0, place: 'dead', expected: { dead: 1, interrupted: 1 } },
])('counts a message as $what', ({ ends, place, expected }) => {
  const none = { done: 0, lost: 0, left: 0, dead: 0, undeleted: 0, interrupted: 0 };

  expect(count({ message: ends }, place === undefined ? {} : { message: place })).toEqual({
    ...none,
    ...expected,
  });
});
