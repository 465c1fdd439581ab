import { ProgressAttribute } from '../../../contract/progress';
import type { Change, Condition, Value } from '../table';
import { toAttributeValue, type AttributeValue } from './attribute-values';

/** What `UpdateItem` is asked, but for the table. */
export interface UpdateInput {
  Key: Record<string, AttributeValue>;
  UpdateExpression: string;
  ConditionExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, AttributeValue>;
  ReturnValues: 'NONE' | 'UPDATED_NEW';
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
export function updateInput(change: Change): UpdateInput {
  const words = new Words();
  const sets = pairs(change.set, (name, value) =>
    value === undefined ? [] : [`${words.name(name)} = ${words.value(value)}`],
  );
  const numbers = (map: Change['add']) =>
    pairs(map, (name, list) => [`${words.name(name)} ${words.value(new Set(list))}`]);
  const clauses = [
    clause('SET', sets),
    clause(
      'REMOVE',
      (change.remove ?? []).map((name) => words.name(name)),
    ),
    clause('ADD', numbers(change.add)),
    clause('DELETE', numbers(change.delete)),
  ];
  const conditions = (change.when ?? []).map((condition) => conditionText(condition, words));
  return {
    Key: keyOf(change.id),
    UpdateExpression: clauses.filter((text) => text !== '').join(' '),
    ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
    ...words.input(),
    ReturnValues: change.returns === undefined ? 'NONE' : 'UPDATED_NEW',
  };
}

/** What `GetItem` is asked, but for the table. */
export function readInput(id: string, names?: readonly string[]) {
  const words = new Words();
  if (names === undefined) return { Key: keyOf(id), ConsistentRead: true };
  const ProjectionExpression = names.map((name) => words.name(name)).join(', ');
  return { Key: keyOf(id), ConsistentRead: true, ProjectionExpression, ...words.input() };
}

const keyOf = (id: string) => ({ [ProgressAttribute.id]: toAttributeValue(id) });

function pairs<Of>(
  map: Readonly<Record<string, Of>> | undefined,
  text: (name: string, value: Of) => string[],
): string[] {
  return Object.entries(map ?? {}).flatMap(([name, value]) => text(name, value));
}

const clause = (word: string, parts: readonly string[]) =>
  parts.length === 0 ? '' : `${word} ${parts.join(', ')}`;

function conditionText(condition: Condition, words: Words): string {
  if (condition.kind === 'either') {
    return `(${condition.of.map((each) => conditionText(each, words)).join(' OR ')})`;
  }
  const name = words.name(condition.name);
  switch (condition.kind) {
    case 'absent':
      return `attribute_not_exists(${name})`;
    case 'equal':
      return `${name} = ${words.value(condition.value)}`;
    case 'larger':
      return `size(${name}) > ${words.value(condition.than)}`;
    case 'at-most':
      return `${name} <= ${words.value(condition.limit)}`;
  }
}

/** Stand-ins for names, of which DynamoDB reserves many, and for values. */
class Words {
  private readonly names = new Map<string, string>();
  private readonly values: Value[] = [];

  name(name: string): string {
    if (!this.names.has(name)) this.names.set(name, `#${this.names.size}`);
    return this.names.get(name)!;
  }

  value(value: Value): string {
    return `:${this.values.push(value) - 1}`;
  }

  input() {
    const names = [...this.names].map(([name, word]) => [word, name] as const);
    const values = this.values.map((value, index) => [`:${index}`, toAttributeValue(value)] as const);
    return {
      ExpressionAttributeNames: Object.fromEntries(names),
      ...(values.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
    };
  }
}
