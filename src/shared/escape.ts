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

/**
 * What turns the direction of text, has no width, or is a tag: a line could look like another, or hold what nobody sees.
 * A joiner between two pictures makes one of them, and stays.
 */
const HIDDEN =
  /[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|(?<!\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * For a terminal, and for whoever reads there: control characters, and what else cannot be seen, become the escapes of
 * JSON. A text of JSON stays JSON, and says the same.
 */
export function escapeHidden(text: string): string {
  return escapeControls(text).replace(HIDDEN, escapeAll);
}

/** The same for a text of several lines, which it stays. */
export const escapeHiddenLines = (text: string): string => text.split('\n').map(escapeHidden).join('\n');

const escapeAll = (text: string): string => text.replace(/[^]/g, escapeOf);

/** A character as JSON writes it by its number. */
const escapeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
