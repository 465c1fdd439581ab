import type { Problem } from '../../errors/problem';
import { argumentProblem } from '../command/options';
import { firstLine } from '../command/terminal-text';
import { idsOf, textOf, type Letter } from './letter';

/** What words of a command line name: dead letters, by any of their ids, or by how one of them begins. */

/** As long as an id of SQS or SNS. What is shorter may be how one begins. */
const WHOLE_ID_LENGTH = 36;
/** Of the eight characters that lines of a log show, so many are enough if no other id begins so. */
const LEAST_LENGTH = 4;

/** Whether all words are whole ids, so that nobody needs to look for what begins so. */
export const areWhole = (words: readonly string[]): boolean =>
  words.every(({ length }) => length === WHOLE_ID_LENGTH);

/** Whether a word means this dead letter, or may mean it. */
export function isNamedBy(letter: Letter, word: string): boolean {
  const given = word.toLowerCase();
  const ids = idsOf(letter).map((id) => id.toLowerCase());
  return ids.includes(given) || (given.length >= LEAST_LENGTH && ids.some((id) => id.startsWith(given)));
}

/**
 * SQS's ids of what words mean, each once. A word that means nothing stays as it is.
 * @param letters at least all that one of the words may mean
 */
export function resolveIds(
  words: readonly string[],
  letters: readonly Letter[],
): { ids: string[]; problems: Problem[] } {
  const ids = new Set<string>();
  const problems: Problem[] = [];
  for (const word of words) {
    const meant = lettersMeant(word, letters);
    if (meant.length > 1 && !isIdOfAll(word, meant)) problems.push(ambiguous(word, meant));
    else if (meant.length === 0) ids.add(word);
    else meant.forEach(({ id }) => ids.add(id));
  }
  return { ids: [...ids], problems };
}

/** One whose id is the word itself goes before those whose id only begins so. */
function lettersMeant(word: string, letters: readonly Letter[]): Letter[] {
  const exact = letters.filter((letter) => isIdOfAll(word, [letter]));
  return exact.length > 0 ? exact : letters.filter((letter) => isNamedBy(letter, word));
}

/** A topic may deliver a message twice: both have its id there. */
const isIdOfAll = (word: string, letters: readonly Letter[]) =>
  letters.every((letter) => idsOf(letter).some((id) => id.toLowerCase() === word.toLowerCase()));

const MOST_SHOWN = 10;
const TEXT_WIDTH = 40;

function ambiguous(word: string, letters: readonly Letter[]): Problem {
  const shown = letters.slice(0, MOST_SHOWN).map((letter) => {
    const known = idsOf(letter).find((id) => id.toLowerCase().startsWith(word.toLowerCase())) ?? letter.id;
    return `${known}  ${firstLine(textOf(letter), TEXT_WIDTH)}`;
  });
  const more = letters.length > MOST_SHOWN ? [`… and ${letters.length - MOST_SHOWN} more`] : [];
  return argumentProblem(word, {
    given: `${word}, with which the ids of ${letters.length} dead letters begin`,
    allowed: `one of them:\n           ${[...shown, ...more].join('\n           ')}`,
    advice: 'give more of its id',
  });
}

/** Ids that are looked for, until each of them was found. */
export class WantedIds {
  private readonly open: Set<string>;

  constructor(ids: readonly string[]) {
    this.open = new Set(ids.map((id) => id.toLowerCase()));
  }

  get missing(): string[] {
    return [...this.open];
  }

  has(letter: Letter): boolean {
    return this.idsIn(letter).length > 0;
  }

  find(letter: Letter): void {
    this.idsIn(letter).forEach((id) => this.open.delete(id));
  }

  private idsIn(letter: Letter): string[] {
    return idsOf(letter)
      .map((id) => id.toLowerCase())
      .filter((id) => this.open.has(id));
  }
}
