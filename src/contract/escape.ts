// C0 controls but the tab, DEL, C1 controls, and Unicode's own line ends: what could move a cursor or end a line.
// eslint-disable-next-line no-control-regex -- finding them is the point
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g;

/**
 * Makes control characters visible, so that a line of output cannot pass for another line or change a terminal. In a
 * line of JSON these are the escapes of JSON itself.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escapeOf);
}

/** A character as JSON writes it by its number. */
export const escapeOf = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
