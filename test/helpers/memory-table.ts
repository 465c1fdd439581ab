import type { Attributes, Change, Changed, Condition, Table, Value } from '../../src/features/progress/store';

/** A table in memory, with DynamoDB's conditions. Tests compare dynalite with it. */
export function createMemoryTable(items = new Map<string, Record<string, Value>>()): Table {
  return {
    read: (id, names) => Promise.resolve(project(items.get(id), names)),
    update: (change) => Promise.resolve(apply(items, change)),
  };
}

function project(item: Record<string, Value> | undefined, names: readonly string[] | undefined) {
  if (item === undefined) return undefined;
  const wanted = Object.entries(item).filter(([name]) => names === undefined || names.includes(name));
  return Object.fromEntries(wanted.map(([name, value]) => [name, copyOf(value)])) as Attributes;
}

function apply(items: Map<string, Record<string, Value>>, change: Change): Changed {
  const was = items.get(change.id) ?? {};
  if (!(change.when ?? []).every((condition) => holds(was, condition))) return { isDone: false };
  const item: Record<string, Value | undefined> = { ...was, ...change.set };
  change.remove?.forEach((name) => (item[name] = undefined));
  for (const [name, numbers] of Object.entries(change.add ?? {})) {
    item[name] = new Set([...setIn(item, name), ...numbers]);
  }
  for (const [name, numbers] of Object.entries(change.delete ?? {})) {
    item[name] = new Set([...setIn(item, name)].filter((number) => !numbers.includes(number)));
  }
  const kept = Object.entries(item).filter(([, value]) => value !== undefined && !isEmptySet(value));
  items.set(change.id, Object.fromEntries(kept) as Record<string, Value>);
  return { isDone: true, value: copyOf(items.get(change.id)![change.returns ?? '']) };
}

/** Copies a set, so that only the table can change what is in it. */
const copyOf = (value: Value | undefined) =>
  value instanceof Set ? new Set(value as ReadonlySet<number>) : value;

const isEmptySet = (value: unknown) => value instanceof Set && value.size === 0;
const setIn = (item: Record<string, unknown>, name: string) => (item[name] ?? new Set()) as Set<number>;

function holds(item: Record<string, Value>, condition: Condition): boolean {
  if (condition.kind === 'either') return condition.of.some((each) => holds(item, each));
  const value = item[condition.name];
  switch (condition.kind) {
    case 'absent':
      return value === undefined;
    case 'equal':
      return value === condition.value;
    case 'larger':
      // DynamoDB has no size for a missing attribute, so the condition does not hold.
      return value instanceof Set && value.size > condition.than;
    case 'at-most':
      return typeof value === 'number' && value <= condition.limit;
  }
}
