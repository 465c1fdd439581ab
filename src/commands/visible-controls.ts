// C0 controls but the tab, DEL, C1 controls, Unicode's own line ends, and what turns the direction of text: all that
// could move a cursor, end a line or make it look like another.
const CONTROLS =
  // eslint-disable-next-line no-control-regex -- finding them is the point
  /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Makes control characters visible, as JSON writes them: for a terminal, which they must not drive. */
export function visibleControls(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a text of several lines, which it stays. */
export const visibleLines = (text: string): string => text.split('\n').map(visibleControls).join('\n');
