import { escapeControls, escapeOf } from '../contract/escape';

/** What turns the direction of text: a line could look like another. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** Makes control characters visible, as JSON writes them: for a terminal, which they must not drive. */
export const visibleControls = (text: string): string => escapeControls(text).replace(TURNS, escapeOf);

/** The same for a text of several lines, which it stays. */
export const visibleLines = (text: string): string => text.split('\n').map(visibleControls).join('\n');
