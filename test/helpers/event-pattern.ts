/**
 * Whether EventBridge would match an event, for patterns as the plugin writes them: exact values in lists, in maps.
 * Every key of the pattern must be in the event. A list matches if it has the event's value, or one of its values if
 * they are a list.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matches(pattern: unknown, event: unknown): boolean {
  if (Array.isArray(pattern)) return matchesOne(pattern, event);
  if (!isMap(pattern) || !isMap(event)) return false;
  return Object.entries(pattern).every(([key, part]) => matches(part, event[key]));
}

function matchesOne(values: readonly unknown[], given: unknown): boolean {
  const operator = values.find((value) => isMap(value));
  if (operator !== undefined)
    throw new Error(`an operator that this helper does not know: ${JSON.stringify(operator)}`);
  const found: readonly unknown[] = Array.isArray(given) ? given : [given];
  return found.some((value) => values.includes(value));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
