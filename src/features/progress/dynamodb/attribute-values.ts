import { mapValues } from '../../../aws-json/map-values';
import type { Value } from '../table';

/**
 * A value as DynamoDB's protocol has it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
export type AttributeValue = Readonly<Record<string, unknown>>;

export function toAttributeValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Set) return { NS: Array.from(value as ReadonlySet<number>, String) };
  if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
  return { M: mapValues(value as Readonly<Record<string, Value>>, toAttributeValue) };
}

/** Kinds that no helper writes, bytes and sets of texts, are given as they came. */
export function fromAttributeValue(attribute: AttributeValue): Value {
  const [kind = '', value] = Object.entries(attribute)[0] ?? [];
  switch (kind) {
    case 'N':
      return Number(value);
    case 'NULL':
      return null;
    case 'NS':
      return new Set((value as string[]).map(Number));
    case 'L':
      return (value as AttributeValue[]).map(fromAttributeValue);
    case 'M':
      return mapValues(value as Record<string, AttributeValue>, fromAttributeValue);
    default:
      return value as Value;
  }
}
