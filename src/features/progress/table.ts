/** What an attribute may hold, as far as jobs need it. */
export type Value =
  string | number | boolean | null | NumberSet | readonly Value[] | { readonly [key: string]: Value };

export type NumberSet = ReadonlySet<number>;

/** The attributes of an item, but for its key. */
export type Attributes = Readonly<Record<string, Value | undefined>>;

/**
 * A table with one key, `id`, and no more of DynamoDB than jobs need. Reads see every write that was answered before
 * them; each update is done as a whole or not at all.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export interface Table {
  /** @param names which attributes; all, unless given */
  read(id: string, names?: readonly string[]): Promise<Attributes | undefined>;
  /** Changes the item, or makes it. Where a condition does not hold nothing is done. */
  update(change: Change): Promise<Changed>;
}

export interface Change {
  id: string;
  set?: Attributes;
  remove?: readonly string[];
  /** Numbers into sets. A set that is not there begins with them. */
  add?: Readonly<Record<string, readonly number[]>>;
  /** Numbers out of sets. A set that has none left is gone. */
  delete?: Readonly<Record<string, readonly number[]>>;
  /** All of them must hold. */
  when?: readonly Condition[];
  /** The one attribute that is wanted back, as it is then. */
  returns?: string;
}

export type Condition =
  | { kind: 'absent'; name: string }
  | { kind: 'equal'; name: string; value: string | number }
  /** A set with more numbers than so many. */
  | { kind: 'larger'; name: string; than: number }
  /** A number that is not above the limit. */
  | { kind: 'at-most'; name: string; limit: number }
  | { kind: 'either'; of: readonly Condition[] };

export type Changed = { isDone: true; value: Value | undefined } | { isDone: false };

/** The attribute is what it was when it was read: there with that value, or not there. */
export const unchanged = (name: string, value: string | number | undefined): Condition =>
  value === undefined ? { kind: 'absent', name } : { kind: 'equal', name, value };
