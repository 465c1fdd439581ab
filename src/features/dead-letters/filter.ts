import { attributeOf, textOf, type Letter } from './letter';

/** Which dead letters are meant; all conditions must hold. */
export interface LetterFilter {
  olderThanMs?: number | undefined;
  newerThanMs?: number | undefined;
  /** Part of the body, letter by letter. */
  contains?: string | undefined;
  attributes?: readonly (readonly [name: string, value: string])[] | undefined;
}

export function isFiltering({ olderThanMs, newerThanMs, contains, attributes = [] }: LetterFilter): boolean {
  return [olderThanMs, newerThanMs, contains].some((each) => each !== undefined) || attributes.length > 0;
}

/** @param nowMs what ages are counted from */
export function matches(filter: LetterFilter, letter: Letter, nowMs: number): boolean {
  const { olderThanMs = -Infinity, newerThanMs = Infinity, contains = '', attributes = [] } = filter;
  const ageMs = nowMs - letter.sentAt.getTime();
  return (
    ageMs > olderThanMs &&
    ageMs < newerThanMs &&
    (letter.body.includes(contains) || textOf(letter).includes(contains)) &&
    attributes.every(([name, value]) => attributeOf(letter, name) === value)
  );
}
