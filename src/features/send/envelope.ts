import { describeValue } from '../../errors/problem';
import type { MessageAttribute, OutgoingMessage } from './message';

/** What is wrong with a line, in words that stand behind `given:` and `allowed:`. */
export interface LineProblem {
  given: string;
  allowed: string;
}

type Parsed = { message: OutgoingMessage } | { problem: LineProblem };

const FORM =
  '{"body": …, "subject": "…", "attributes": {"name": "text", "size": 5}, "group": "…", "dedup": "…"}';
const KEYS = ['body', 'subject', 'attributes', 'group', 'dedup'];

/** A line of `--envelope`: a message with what belongs to it. A `body` that is no text is sent as its JSON. */
export function parseEnvelope(text: string): Parsed {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return wrong(describeValue(text), FORM);
  }
  const envelope = value as Record<string, unknown>;
  const unknown = Object.keys(envelope).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return wrong(`the key ${describeValue(unknown)}`, KEYS.join(', '));
  const { body, subject, group, dedup, attributes = {} } = envelope;
  if (body === undefined) return wrong('no `body`', FORM);
  const notText = Object.entries({ subject, group, dedup }).find(
    ([, each]) => each !== undefined && typeof each !== 'string',
  );
  if (notText !== undefined) return wrong(`${notText[0]}: ${describeValue(notText[1])}`, 'text');
  const read = readAttributes(attributes);
  if (read === undefined)
    return wrong(`attributes: ${describeValue(attributes)}`, 'names to texts or numbers');
  return {
    message: {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      subject: subject as string | undefined,
      groupId: group as string | undefined,
      deduplicationId: dedup as string | undefined,
      attributes: read,
    },
  };
}

function readAttributes(value: unknown): Record<string, MessageAttribute> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const attributes: Record<string, MessageAttribute> = {};
  for (const [name, each] of Object.entries(value as Record<string, unknown>)) {
    if (typeof each !== 'string' && typeof each !== 'number') return undefined;
    attributes[name] = { type: typeof each === 'string' ? 'String' : 'Number', value: String(each) };
  }
  return attributes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function wrong(given: string, allowed: string): Parsed {
  return { problem: { given, allowed } };
}
