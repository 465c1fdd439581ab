import type { ErrorObject } from 'ajv';
import type { ErrorCode } from '../errors/codes';
import { describeValue, type Problem } from '../errors/problem';
import { keysOfPointer, nameOf, placeOf } from './place';
import { relevantErrors } from './relevant-errors';
import { didYouMean } from './suggest';
import { adviceOn, explainsLackOf, knownKeys } from './unknown-keys';

/** What the validator found, one problem for each thing that is wrong, in the words of the user's file. */
export function problemsOf(errors: readonly ErrorObject[], root: string): Problem[] {
  const seen = new Set<string>();
  return relevantErrors(errors)
    .filter((error) => !isSaidByAnUnknownKey(error, errors))
    .map((error) => ({ ...problemOf(error, root), ...allowedByUnion(error, errors) }))
    .filter(({ code, place }) => {
      const key = `${code} ${place}`;
      return seen.has(key) ? false : seen.add(key);
    });
}

/** A missing key that is there under another name, or a key too many that is none, is one mistake with that key. */
function isSaidByAnUnknownKey(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const { keyword, instancePath, params } = error;
  const unknown = errors.filter(
    (other) => other.keyword === 'additionalProperties' && other.instancePath === instancePath,
  );
  if (keyword === 'required') {
    return unknown.some((other) => explainsLackOf(String(params.missingProperty), other));
  }
  return keyword === 'maxProperties' && givenKeys(error).length <= Number(params.limit);
}

/** The keys of a map that its schema knows. */
function givenKeys(error: ErrorObject): string[] {
  return knownKeys(error).filter((key) => Object.hasOwn(error.data as object, key));
}

/** A word that is not one of those allowed stands where a map or a list may stand too. */
function allowedByUnion(
  { keyword, instancePath, schemaPath }: ErrorObject,
  errors: readonly ErrorObject[],
): Partial<Problem> {
  const union = errors.find(
    (other) =>
      other.keyword === 'anyOf' &&
      other.instancePath === instancePath &&
      schemaPath.startsWith(`${other.schemaPath}/`),
  );
  return keyword === 'enum' && union !== undefined ? { allowed: typeName(union.parentSchema) } : {};
}

type Describe = (error: ErrorObject) => Omit<Problem, 'place'> & { key?: string };

const DESCRIBE: Record<string, Describe> = {
  additionalProperties: (error) => {
    const key = String(error.params.additionalProperty);
    const known = knownKeys(error);
    const given = nameOf(key);
    if (known.length === 0) return { code: 'WATCHBOT_MALFORMED', key, given, ...namesOf(error.parentSchema) };
    return {
      code: 'WATCHBOT_UNKNOWN_KEY',
      key,
      given,
      allowed: known.join(', '),
      advice: adviceOn(error),
    };
  },
  required: ({ params, parentSchema }) => ({
    code: 'WATCHBOT_MISSING_KEY',
    key: String(params.missingProperty),
    allowed: typeName(schemaOf(parentSchema, String(params.missingProperty))),
    advice: `add \`${params.missingProperty}\``,
  }),
  type: ({ data, parentSchema }) => ({
    code: 'WATCHBOT_WRONG_TYPE',
    given: describeValue(data),
    allowed: typeName(parentSchema),
  }),
  anyOf: ({ data, parentSchema }) => ({
    code: 'WATCHBOT_WRONG_TYPE',
    given: describeValue(data),
    allowed: typeName(parentSchema),
  }),
  enum: ({ data, params }) => ({
    code: 'WATCHBOT_NOT_ALLOWED',
    given: describeValue(data),
    ...oneOfMany(data, params.allowedValues as unknown[]),
  }),
  pattern: ({ data, parentSchema }) => ({
    code: 'WATCHBOT_MALFORMED',
    given: describeValue(data),
    allowed: typeName(parentSchema),
  }),
  minItems: (error) => numberOfEntries(error, 'at least'),
  maxItems: (error) => numberOfEntries(error, 'at most'),
  uniqueItems: ({ data, params }) => ({
    code: 'WATCHBOT_CONTRADICTION',
    given: `${describeValue((data as unknown[])[Number(params.i)])} twice`,
    allowed: 'each entry once',
    advice: 'remove one of the two',
  }),
  minProperties: (error) =>
    knownKeys(error).length > 0
      ? {
          code: 'WATCHBOT_MISSING_KEY',
          given: describeValue(error.data),
          allowed: typeName(error.parentSchema),
        }
      : numberOfEntries(error, 'at least'),
  maxProperties: (error) => ({
    code: 'WATCHBOT_CONTRADICTION',
    given: givenKeys(error).join(', '),
    allowed: typeName(error.parentSchema),
    advice: 'make an entry of each',
  }),
  minLength: ({ data }) => ({
    code: 'WATCHBOT_OUT_OF_RANGE',
    given: describeValue(data),
    allowed: 'text that is not empty',
  }),
  maxLength: ({ data, params }) => ({
    code: 'WATCHBOT_OUT_OF_RANGE',
    given: describeValue(data),
    allowed: `at most ${params.limit} characters`,
  }),
  multipleOf: (error) => numberRange(error),
  minimum: (error) => numberRange(error),
  maximum: (error) => numberRange(error),
};

/** Keywords of a schema whose errors can be told. */
export const DESCRIBED_KEYWORDS: readonly string[] = Object.keys(DESCRIBE);

function problemOf(error: ErrorObject, root: string): Problem {
  const describe = DESCRIBE[error.keyword];
  // A keyword that the schema uses and this table lacks is a bug; the test of the table finds it.
  if (describe === undefined) throw new Error(`no description for the schema keyword "${error.keyword}"`);
  const { key, ...problem } = describe(error);
  const keys = keysOfPointer(error.instancePath);
  return { place: placeOf(root, key === undefined ? keys : [...keys, key]), ...problem };
}

/** What a map takes as names, where they are the user's own. */
function namesOf(schema: ErrorObject['parentSchema']): Partial<Problem> {
  return { allowed: `a name of ${String(schema?.names)}`, advice: 'choose another name' };
}

function oneOfMany(data: unknown, values: readonly unknown[]): Partial<Problem> {
  const advice = typeof data === 'string' ? didYouMean(data, values.map(String)) : undefined;
  return { allowed: values.map(String).join(', '), ...(advice === undefined ? {} : { advice }) };
}

function numberOfEntries({ data, params }: ErrorObject, bound: string) {
  const limit = Number(params.limit);
  return {
    code: 'WATCHBOT_OUT_OF_RANGE' as ErrorCode,
    given: describeValue(data),
    allowed: `${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`,
  };
}

function numberRange({ data, parentSchema }: ErrorObject) {
  const { minimum, maximum, multipleOf } = parentSchema as Partial<Record<string, number>>;
  const range = maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
  const allowed = multipleOf === undefined ? range : `${range}, a multiple of ${multipleOf}`;
  return { code: 'WATCHBOT_OUT_OF_RANGE' as ErrorCode, given: describeValue(data), allowed };
}

const TYPE_NAMES: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
};

function schemaOf(parent: ErrorObject['parentSchema'], key: string): ErrorObject['parentSchema'] {
  const properties = parent?.properties as Record<string, ErrorObject['parentSchema']> | undefined;
  return properties?.[key];
}

function typeName(schema: ErrorObject['parentSchema']): string {
  if (typeof schema?.title === 'string') return schema.title;
  if (Array.isArray(schema?.enum)) return schema.enum.join(', ');
  return TYPE_NAMES[String(schema?.type)] ?? '';
}
