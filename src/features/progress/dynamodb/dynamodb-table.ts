import { ProgressError } from '../errors';
import type { Attributes, Changed, Table } from '../table';
import { mapValues } from '../../../aws-json/map-values';
import { fromAttributeValue, type AttributeValue } from './attribute-values';
import { Refusal, type DynamoDbClient } from './client';
import { readInput, updateInput } from './expressions';

export function createDynamoDbTable(client: DynamoDbClient, tableName: string): Table {
  const call = async (name: 'GetItem' | 'UpdateItem', input: object) => {
    try {
      return await client.call(name, { TableName: tableName, ...input });
    } catch (error) {
      if (!(error instanceof Refusal) || error.name === CONDITION_FAILED) throw error;
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
        if (error instanceof Refusal) return { isDone: false };
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
  AccessDeniedException: '; the role of the task lacks this right, which `reduce: true` gives',
};

function refused(error: Refusal, { name, tableName }: { name: string; tableName: string }): ProgressError {
  const said = `${error.name}: ${error.message}`;
  return new ProgressError('TABLE', `${name} of ${tableName}: ${said}${ADVICE[error.name] ?? ''}`, error);
}
