import type { ErrorObject } from 'ajv';
import type { ErrorCode } from '../errors/codes';
import { describeValue, type Problem } from '../errors/problem';
import { keysOfPointer, placeOf } from './place';
import { didYouMean } from './suggest';

/** What the validator found, one problem for each thing that is wrong, in the words of the user's file. */
export function problemsOf(errors: readonly ErrorObject[], root: string): Problem[] {
  const seen = new Set<string>();
  return relevantErrors(errors)
    .map((error) => problemOf(error, root))
    .filter(({ code, place }) => {
      const key = `${code} ${place}`;
      return seen.has(key) ? false : seen.add(key);
    });
}

/**
 * A value that fits no branch of a union gives the errors of every branch. Where it has the type of one branch, only
 * that branch's errors help; where it has the type of none, only the union's own.
 */
function relevantErrors(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter((error) => unions.every((union) => isRelevantTo(union, error, errors)));
}

function isRelevantTo(union: ErrorObject, error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const branchPrefix = `${union.schemaPath}/`;
  const meant = meantBranch(union, errors);
  if (error === union) return meant === undefined;
  if (!error.schemaPath.startsWith(branchPrefix) || !error.instancePath.startsWith(union.instancePath))
    return true;
  return meant !== undefined && error.schemaPath.startsWith(`${branchPrefix}${meant}/`);
}

/** The number of the branch whose type the value has, if there is just one. */
function meantBranch(union: ErrorObject, errors: readonly ErrorObject[]): string | undefined {
  const prefix = `${union.schemaPath}/`;
  const inBranches = errors.filter(
    ({ schemaPath, instancePath }) =>
      schemaPath.startsWith(prefix) && instancePath.startsWith(union.instancePath),
  );
  const branchOf = ({ schemaPath }: ErrorObject) => schemaPath.slice(prefix.length).split('/')[0];
  const others = new Set(inBranches.filter((error) => saysOtherKind(error, union)).map(branchOf));
  const fitting = new Set(inBranches.map(branchOf).filter((branch) => !others.has(branch)));
  return fitting.size === 1 ? [...fitting][0] : undefined;
}

/** Keywords that say that a value is not what a branch is about, rather than that something in it is wrong. */
const KIND_KEYWORDS = ['type', 'const', 'maxProperties', 'propertyNames'];

function saysOtherKind({ instancePath, keyword, propertyName }: ErrorObject, union: ErrorObject): boolean {
  return (
    instancePath === union.instancePath && (KIND_KEYWORDS.includes(keyword) || propertyName !== undefined)
  );
}

type Describe = (error: ErrorObject) => Omit<Problem, 'place'> & { key?: string };

const DESCRIBE: Record<string, Describe> = {
  additionalProperties: ({ params, parentSchema }) => {
    const key = String(params.additionalProperty);
    const known = Object.keys((parentSchema?.properties ?? {}) as object);
    return { code: 'WATCHBOT_UNKNOWN_KEY', key, given: key, ...unknownKey(key, known, parentSchema) };
  },
  required: ({ params, parentSchema }) => ({
    code: 'WATCHBOT_MISSING_KEY',
    key: String(params.missingProperty),
    allowed: typeName(schemaOf(parentSchema, String(params.missingProperty))),
    advice: `add \`${params.missingProperty}\``,
  }),
  type: ({ data, parentSchema, params }) => ({
    code: 'WATCHBOT_WRONG_TYPE',
    given: describeValue(data),
    allowed: typeName(parentSchema) || String(params.type),
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
  pattern: ({ data, params }) => malformed(data, `text like ${params.pattern}`),
  uniqueItems: ({ data }) => ({
    code: 'WATCHBOT_CONTRADICTION',
    given: describeValue(data),
    allowed: 'each entry once',
  }),
  minItems: (error) => outOfRange(error, 'at least', 'entries'),
  maxItems: (error) => outOfRange(error, 'at most', 'entries'),
  minProperties: (error) => outOfRange(error, 'at least', 'entries'),
  minLength: (error) => outOfRange(error, 'at least', 'characters'),
  multipleOf: ({ data, params }) => ({
    code: 'WATCHBOT_OUT_OF_RANGE',
    given: describeValue(data),
    allowed: `a multiple of ${params.multipleOf}`,
  }),
  minimum: (error) => numberRange(error),
  maximum: (error) => numberRange(error),
};

function problemOf(error: ErrorObject, root: string): Problem {
  const describe = DESCRIBE[error.keyword];
  // A keyword that the schema uses and this table lacks is a bug; the test of the table finds it.
  if (describe === undefined) throw new Error(`no description for the schema keyword "${error.keyword}"`);
  const { key, ...problem } = describe(error);
  const keys = keysOfPointer(error.instancePath);
  return { place: placeOf(root, key === undefined ? keys : [...keys, key]), ...problem };
}

function unknownKey(
  key: string,
  known: readonly string[],
  schema: ErrorObject['parentSchema'],
): Partial<Problem> {
  if (known.length === 0)
    return { allowed: `names like ${Object.keys((schema?.patternProperties ?? {}) as object).join(', ')}` };
  const advice = didYouMean(key, known) ?? 'remove it';
  return { allowed: known.join(', '), advice };
}

function oneOfMany(data: unknown, values: readonly unknown[]): Partial<Problem> {
  const advice = typeof data === 'string' ? didYouMean(data, values.map(String)) : undefined;
  return { allowed: values.map(String).join(', '), ...(advice === undefined ? {} : { advice }) };
}

function malformed(data: unknown, allowed: string) {
  return { code: 'WATCHBOT_MALFORMED' as ErrorCode, given: describeValue(data), allowed };
}

function outOfRange({ data, params }: ErrorObject, bound: string, unit: string) {
  return {
    code: 'WATCHBOT_OUT_OF_RANGE' as ErrorCode,
    given: describeValue(data),
    allowed: `${bound} ${params.limit} ${unit}`,
  };
}

function numberRange({ data, parentSchema }: ErrorObject) {
  const { minimum, maximum } = parentSchema as { minimum?: number; maximum?: number };
  const allowed = maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`;
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
  return TYPE_NAMES[String(schema?.type)] ?? '';
}
