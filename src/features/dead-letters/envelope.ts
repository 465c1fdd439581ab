/** What a topic wraps around a message: its text, its subject and its attributes. */
export interface Envelope {
  message: string;
  subject: string | undefined;
  attributes: Readonly<Record<string, string>>;
}

/** Undefined where the body is none. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export function readEnvelope(body: string): Envelope | undefined {
  // Most bodies are none: do not parse a megabyte to find out.
  if (!body.startsWith('{') || !body.includes('"TopicArn"')) return undefined;
  const { Type, Message, Subject, MessageAttributes } = parse(body);
  if (Type !== 'Notification' || typeof Message !== 'string') return undefined;
  return {
    message: Message,
    subject: typeof Subject === 'string' ? Subject : undefined,
    attributes: attributesOf(MessageAttributes),
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function attributesOf(given: unknown): Record<string, string> {
  if (typeof given !== 'object' || given === null) return {};
  const entries = Object.entries(given as Record<string, { Value?: unknown } | null>);
  return Object.fromEntries(
    entries.flatMap(([name, each]) => (typeof each?.Value === 'string' ? [[name, each.Value]] : [])),
  );
}
