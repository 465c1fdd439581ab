import { distance } from 'fastest-levenshtein';

/** The known name that a misspelt one most likely means, if any is near enough. */
export function suggest(given: string, known: readonly string[]): string | undefined {
  const lower = given.toLowerCase();
  const ranked = known
    .map((name) => ({ name, edits: distance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= editsAllowed(given) ? best.name : undefined;
}

/** Two letters that changed places are two edits. In a name of three, as `min` and `max`, that is another word. */
function editsAllowed(given: string): number {
  return given.length <= 3 ? 1 : Math.max(2, Math.floor(given.length / 3));
}

/** Advice for an unknown name, or undefined where nothing is near. */
export function didYouMean(given: string, known: readonly string[]): string | undefined {
  const name = suggest(given, known);
  return name === undefined ? undefined : `did you mean "${name}"?`;
}
