import { AwsError } from '../../../aws-json/client';
import { mapValues } from '../../../shared/json';
import { ProgressAttribute } from '../../../contract/progress';
import { ProgressError } from '../errors';
import type { Attributes, Change, Changed, Condition, Table, Value } from '../store';
import type { DynamoDbClient } from './client';

export function createDynamoDbTable(client: DynamoDbClient, tableName: string): Table {
  const call = async (name: 'GetItem' | 'UpdateItem', input: object) => {
    try {
      return await client.call(name, { TableName: tableName, ...input });
    } catch (error) {
      if (!(error instanceof AwsError) || error.name === CONDITION_FAILED) throw error;
      throw refused(error, { name, tableName });
    }
  };
  return {
    read: async (id, names) => {
      const { Item } = await call('GetItem', readInput(id, names));
      return Item === undefined ? undefined : attributesOf(Item);
    },
    update: async (change): Promise<Changed> => {
      try {
        const { Attributes } = await call('UpdateItem', updateInput(change));
        return { isDone: true, value: attributesOf(Attributes ?? {})[change.returns ?? ''] };
      } catch (error) {
        if (error instanceof AwsError) return { isDone: false };
        throw error;
      }
    },
  };
}

const CONDITION_FAILED = 'ConditionalCheckFailedException';

const attributesOf = (item: unknown): Attributes =>
  mapValues(item as Record<string, AttributeValue>, fromAttributeValue);

const ADVICE: Readonly<Record<string, string>> = {
  ResourceNotFoundException: '; the table is not there: was the stack removed?',
  AccessDeniedException: '; the role of the task lacks this permission, which `reduce: true` gives',
};

function refused(error: AwsError, { name, tableName }: { name: string; tableName: string }): ProgressError {
  const said = `${error.name}: ${error.message}`;
  return new ProgressError('TABLE', `${name} of ${tableName}: ${said}${ADVICE[error.name] ?? ''}`, error);
}

/** The input of `UpdateItem`, without the table. */
interface UpdateInput {
  Key: Record<string, AttributeValue>;
  UpdateExpression: string;
  ConditionExpression?: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues?: Record<string, AttributeValue>;
  ReturnValues: 'NONE' | 'UPDATED_NEW';
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html */
function updateInput(change: Change): UpdateInput {
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

/** The input of `GetItem`, without the table. */
function readInput(id: string, names?: readonly string[]) {
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

/** Placeholders for values, and for names, of which DynamoDB reserves many. */
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

/**
 * A value in DynamoDB's protocol.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
type AttributeValue = Readonly<Record<string, unknown>>;

function toAttributeValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Set) return { NS: Array.from(value as ReadonlySet<number>, String) };
  if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
  return { M: mapValues(value as Readonly<Record<string, Value>>, toAttributeValue) };
}

/** Kinds that no helper writes, such as bytes and sets of texts, stay as they came. */
function fromAttributeValue(attribute: AttributeValue): Value {
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
