import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Attributes, Change, Condition, Table, Value } from '../../../../src/features/progress/store';
import { startTestTable } from '../../../helpers/dynamodb';
import { createMemoryTable } from '../../../helpers/memory-table';
import { fc } from '../../../helpers/seeded';

let stop: () => Promise<void>;
let table: Table;
let items = 0;

beforeAll(async () => {
  ({ table, stop } = await startTestTable());
});
afterAll(() => stop());

type Ask = Omit<Change, 'id'>;

/** The result of each change, and the item after it. */
async function play(played: Table, id: string, asks: readonly Ask[]) {
  const told: unknown[] = [await played.read(id)];
  for (const ask of asks) {
    told.push(await played.update({ id, ...ask }));
    told.push(withoutKey(await played.read(id)), await played.read(id, ['parts', 'total']));
  }
  return told;
}

/** The key is not among an item's attributes, but DynamoDB returns it with them. */
function withoutKey(item: Attributes | undefined) {
  return item && Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'id'));
}

async function expectTheSame(asks: readonly Ask[]): Promise<unknown[]> {
  const id = `item-${(items += 1)}`;
  const expected = await play(createMemoryTable(), id, asks);
  expect(await play(table, id, asks)).toEqual(expected);
  return expected;
}

const isThere = { set: { total: 3, parts: new Set([1, 2, 3]) } };

describe('the table in memory and dynalite do the same', () => {
  it.each<{ what: string; asks: Ask[]; isDone: boolean }>([
    { what: 'a new item', asks: [isThere], isDone: true },
    { what: 'a number into a set', asks: [{ add: { parts: [7, 8] }, returns: 'parts' }], isDone: true },
    { what: 'one that is there', asks: [isThere, { add: { parts: [2] }, returns: 'parts' }], isDone: true },
    {
      what: 'the last number out of a set',
      asks: [isThere, { delete: { parts: [1, 2, 3] }, returns: 'parts' }],
      isDone: true,
    },
    { what: 'a number that is not there', asks: [isThere, { delete: { parts: [9] } }], isDone: true },
    { what: 'an attribute away', asks: [isThere, { remove: ['parts', 'none'] }], isDone: true },
    {
      what: 'a condition on what is not there',
      asks: [{ ...isThere, when: [{ kind: 'larger', name: 'parts', than: 0 }] }],
      isDone: false,
    },
    {
      what: 'a limit on what is not there',
      asks: [{ ...isThere, when: [{ kind: 'at-most', name: 'total', limit: 9 }] }],
      isDone: false,
    },
    {
      what: 'one of two conditions',
      asks: [
        isThere,
        {
          set: { total: 4 },
          when: [
            {
              kind: 'either',
              of: [
                { kind: 'absent', name: 'total' },
                { kind: 'equal', name: 'total', value: 3 },
              ],
            },
          ],
        },
      ],
      isDone: true,
    },
  ])('with $what', async ({ asks, isDone }) => {
    const told = await expectTheSame(asks);
    expect(told.at(-3)).toMatchObject({ isDone });
  });

  it('whatever is asked of them', async () => {
    await fc.assert(
      fc.asyncProperty(asksOfOne, async (asks) => void (await expectTheSame(asks))),
      {
        numRuns: 40,
        endOnFailure: true,
        interruptAfterTimeLimit: 20_000,
      },
    );
  });
});

/** A set has numbers, or is not there. */
const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
/** dynalite itself takes a key of this name for the prototype of what it has read. */
const key = fc.string().filter((name) => name !== '__proto__');
const value = fc.oneof(
  fc.string(),
  fc.integer({ min: -1e15, max: 1e15 }),
  fc.object({
    key,
    values: [fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
    maxDepth: 2,
  }) as fc.Arbitrary<Value>,
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { maxDepth: 1 },
  fc.constantFrom<Condition>(
    { kind: 'absent', name: 'parts' },
    { kind: 'absent', name: 'total' },
    { kind: 'larger', name: 'parts', than: 1 },
  ),
  fc.integer({ min: 0, max: 3 }).map((limit): Condition => ({ kind: 'at-most', name: 'total', limit })),
  fc.integer({ min: 0, max: 3 }).map((equal): Condition => ({ kind: 'equal', name: 'total', value: equal })),
);
/** Each attribute in one clause only, as DynamoDB demands. */
const ask: fc.Arbitrary<Ask> = fc
  .record({
    set: fc.record({ total: fc.integer({ min: 0, max: 3 }), metadata: value }, { requiredKeys: ['total'] }),
    parts: fc.oneof(
      numbers.map((add): Ask => ({ add: { parts: add }, returns: 'parts' })),
      numbers.map((away): Ask => ({ delete: { parts: away }, returns: 'parts' })),
      fc.constantFrom<Ask>({ remove: ['parts'] }, {}),
    ),
    when: fc.array(condition, { maxLength: 2 }),
    either: fc.array(condition, { maxLength: 2 }),
  })
  .map(({ set, parts, when, either }) => ({
    ...parts,
    set,
    when: either.length === 0 ? when : [...when, { kind: 'either', of: either } as const],
  }));
const asksOfOne = fc.array(ask, { minLength: 1, maxLength: 8 });
