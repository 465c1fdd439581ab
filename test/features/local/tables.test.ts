import { afterEach, describe, expect, it } from '@jest/globals';
import type { Scope } from '../../../src/features/local/intrinsics';
import { startTables, type LocalTables } from '../../../src/features/local/emulators';
import type { CompiledTemplate } from '../../../src/features/local/stack';

const scope: Scope = {
  ref: (id) => ({ 'AWS::StackName': 'tiles-dev' })[id],
  attribute: () => undefined,
};

const parts = { scope, onRefused: () => undefined };

const KEY = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};

const templateOf = (tables: Record<string, object>) =>
  ({
    Resources: Object.fromEntries(
      Object.entries(tables).map(([id, Properties]) => [id, { Type: 'AWS::DynamoDB::Table', Properties }]),
    ),
  }) as unknown as CompiledTemplate;

let tables: LocalTables | undefined;

afterEach(async () => {
  await tables?.stop();
  tables = undefined;
});

async function ask(action: string, input: object): Promise<unknown> {
  const answer = await fetch(tables!.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=any, SignedHeaders=host, Signature=any',
    },
    body: JSON.stringify(input),
  });
  return answer.json();
}

describe('the tables of a template, on this machine', () => {
  it('are none if the template has none', async () => {
    await expect(startTables({ Resources: {} }, parts)).resolves.toBeUndefined();
  });

  it('have the names that it gives them, or their logical ids, and take items', async () => {
    tables = await startTables(
      templateOf({
        // Properties that the embedded DynamoDB does not know are left out.
        ProgressTable: { ...KEY, TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } },
        Named: { ...KEY, TableName: { 'Fn::Sub': '${AWS::StackName}-named' } },
      }),
      parts,
    );
    expect(tables?.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(ask('ListTables', {})).resolves.toEqual({
      TableNames: ['ProgressTable', 'tiles-dev-named'],
    });
    const TableName = 'tiles-dev-named';
    const Item = { id: { S: 'job' } };
    await ask('PutItem', { TableName, Item });
    await expect(ask('GetItem', { TableName, Key: Item })).resolves.toEqual({ Item });
  });

  it('let no web page in, and say so', async () => {
    const told: string[] = [];
    tables = await startTables(templateOf({ Jobs: KEY }), {
      scope,
      onRefused: (text) => void told.push(text),
    });
    const asked = [
      { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } },
      { method: 'POST', headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' },
    ];
    for (const each of asked) {
      const answer = await fetch(tables!.endpoint, each);
      expect(answer.status).toBe(403);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(told).toHaveLength(2);
  });

  it('are gone when they are stopped, even if somebody still has a connection', async () => {
    const started = (await startTables(templateOf({ Jobs: KEY }), parts))!;
    tables = started;
    await ask('ListTables', {});
    tables = undefined;
    await started.stop();
    await expect(fetch(started.endpoint)).rejects.toThrow('fetch failed');
  });
});
