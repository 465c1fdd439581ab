import { DAY_SECONDS, describeAge } from '../../shared/durations';
import { describeSize } from '../../shared/sizes';
import { firstLine, plainTable, type TextStyle, visibleLines } from '../command/terminal-text';
import { textOf, type Letter } from './letter';

/** Subject and first line, as far as they fit. */
function summary(letter: Letter, { colours }: TextStyle, width: number): string {
  const subject = letter.envelope?.subject;
  if (subject === undefined) return firstLine(textOf(letter), width);
  const shown = firstLine(subject, Math.floor(width / 2));
  return `${colours.bold(shown)}: ${firstLine(textOf(letter), Math.max(width - shown.length - 2, 0))}`;
}

/** What the columns before the message take: id, age, time left, receives, size and the gaps. */
const FIRST_COLUMNS_WIDTH = 77;
const LEAST_MESSAGE_WIDTH = 40;
/** If lines may be of any length. */
const ANY_WIDTH = 120;

/** A line for each, or two if the terminal is narrow. */
export async function letterTable(
  letters: readonly Letter[],
  style: TextStyle,
  nowMs: number,
): Promise<string> {
  const { width = FIRST_COLUMNS_WIDTH + ANY_WIDTH } = style;
  const messageWidth = width - FIRST_COLUMNS_WIDTH;
  const isNarrow = messageWidth < LEAST_MESSAGE_WIDTH;
  const rows = letters.flatMap((letter) => {
    const first = [
      letter.id,
      describeAge(nowMs - letter.sentAt.getTime()),
      timeLeft(letter, style, nowMs),
      letter.receives,
      describeSize(letter.sizeBytes),
    ];
    if (!isNarrow) return [[...first, summary(letter, style, messageWidth)]];
    return [first, [{ content: `  ${summary(letter, style, width - 2)}`, colSpan: first.length }]];
  });
  const head = ['ID', 'AGE', 'EXPIRES IN', 'RECEIVES', 'SIZE', ...(isNarrow ? [] : ['MESSAGE'])];
  return plainTable(rows, { head: head.map((each) => style.colours.dim(each)) });
}

/** Soon enough that somebody should decide on it. */
const SOON_MS = 2 * DAY_SECONDS * 1000;

/** Until SQS deletes it. */
export function timeLeft({ expiresAt }: Letter, { colours }: TextStyle, nowMs: number): string {
  if (expiresAt === undefined) return '?';
  const leftMs = expiresAt.getTime() - nowMs;
  // SQS may be late.
  const text = leftMs <= 0 ? 'a moment' : describeAge(leftMs);
  return leftMs < SOON_MS ? colours.yellow(text) : text;
}

/** Each attribute that the sender gave: those sent to a topic are in its envelope. */
export function attributesOf({
  attributes,
  envelope,
}: Letter): [name: string, type: string, value: string][] {
  const own = Object.entries(attributes).map(
    ([name, { DataType = '', StringValue, BinaryValue = new Uint8Array() }]): [string, string, string] => [
      name,
      DataType,
      StringValue ?? Buffer.from(BinaryValue).toString('base64'),
    ],
  );
  const wrapped = Object.entries(envelope?.attributes ?? {}).map(
    ([name, { Value }]): [string, string, string] => [name, 'of the topic', Value],
  );
  return [...own, ...wrapped];
}

/** For machines: its fields stay as they are. */
export function letterJson(letter: Letter, nowMs: number) {
  const { id, sentAt, expiresAt, receives, sizeBytes, groupId, envelope, body } = letter;
  return {
    id,
    sentAt: sentAt.toISOString(),
    ageSeconds: Math.max(0, Math.round((nowMs - sentAt.getTime()) / 1000)),
    expiresAt: expiresAt?.toISOString() ?? null,
    receives,
    sizeBytes,
    groupId: groupId ?? null,
    subject: envelope?.subject ?? null,
    attributes: Object.fromEntries(
      attributesOf(letter).map(([name, type, value]) => [name, { type, value }]),
    ),
    /** What the sender wrote. */
    message: textOf(letter),
    /** What is in the queue: with the topic's envelope around it, if it came by one. */
    body,
  };
}

export const plural = (count: number, word = 'dead letter'): string =>
  `${count} ${word}${count === 1 ? '' : 's'}`;

export const visibleBody = (letter: Letter): string => visibleLines(textOf(letter));
