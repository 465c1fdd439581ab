import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely means, if one is similar enough. */
export function suggest(given: string, known: readonly string[]): string | undefined {
  return closest(given, known)?.name;
}

/** The same, with the number of letters in which the two differ. */
export function closest(
  given: string,
  known: readonly string[],
): { name: string; edits: number } | undefined {
  const lower = given.toLowerCase();
  const ranked = known
    .map((name) => ({ name, edits: distance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= editsAllowed(given) ? best : undefined;
}

/** A name that is not among the known ones, but so close to one that nothing else can be meant: a typing error, no other word. */
export function isTypo(given: string, edits: number): boolean {
  if (given.length < 5) return false;
  return edits <= (given.length < 6 ? 1 : 2);
}

/** Two swapped letters are two edits. In a name of three letters that makes another word, as `min` and `max` show. */
function editsAllowed(given: string): number {
  return given.length <= 3 ? 1 : Math.max(2, Math.floor(given.length / 3));
}

/** Advice for an unknown name, or undefined if no known one is similar. */
export function didYouMean(given: string, known: readonly string[]): string | undefined {
  const name = suggest(given, known);
  return name === undefined ? undefined : `did you mean "${name}"?`;
}
