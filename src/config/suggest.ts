import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely means, if one is similar enough. */
export function suggest(given: string, known: readonly string[]): string | undefined {
  const lower = given.toLowerCase();
  const ranked = known
    .map((name) => ({ name, edits: distance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= editsAllowed(given) ? best.name : undefined;
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
