import type { ErrorObject } from 'ajv';
import type { ErrorCode } from '../errors/codes';
import { describeValue, type Problem } from '../errors/problem';
import { isIntrinsic } from './configuration';
import { configPath, keysOfPointer, nameOf } from './config-path';
import { describeRange } from './limits';
import { instead } from './plain-values';
import { didYouMean } from './suggest';
import { explainsLackOf, helpOn, helpOnValue, knownKeys } from './unknown-keys';
import { formsOf, showQuantity, type Unit } from './units';

/** What the validator found, one problem for each mistake, in the words of the user's file. */
export function problemsOf(
  errors: readonly ErrorObject[],
  root: string,
  texts: ReadonlyMap<string, unknown> = new Map(),
): Problem[] {
  const seen = new Set<string>();
  return relevantErrors(errors)
    .filter((error) => !isSaidByAnUnknownKey(error, errors))
    .map((error) => ({ ...problemOf(error, root, texts), ...allowedByUnion(error, errors) }))
    .filter(({ code, place }) => {
      const key = `${code} ${place}`;
      return seen.has(key) ? false : seen.add(key);
    });
}

/**
 * An unknown key can also explain another error: a missing key is there under a wrong name, or a map has a key too many that
 * is no key at all. The user made one mistake, and is told about the unknown key alone.
 */
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

/** If a wrong word was typed where a map or a list is allowed too, the error lists all that is allowed. */
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
      ...helpOn(error),
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

/**
 * Keywords of a schema whose errors have words: a test compares them with those that the schema uses.
 * @internal
 */
export const DESCRIBED_KEYWORDS: readonly string[] = Object.keys(DESCRIBE);

function problemOf(error: ErrorObject, root: string, texts: ReadonlyMap<string, unknown>): Problem {
  const describe = DESCRIBE[error.keyword];
  // A keyword that the schema uses and this table lacks is a bug; the test of the table finds it.
  if (describe === undefined) throw new Error(`no description for the schema keyword "${error.keyword}"`);
  if (isFunctionWithoutPlace(error)) return functionProblem(error, root);
  const { key, ...problem } = describe(error);
  const keys = keysOfPointer(error.instancePath);
  const place = configPath(root, key === undefined ? keys : [...keys, key]);
  const unit = unitOf(error.parentSchema);
  const isInUnit =
    problem.code === 'WATCHBOT_OUT_OF_RANGE' && unit !== undefined && hasUnit(texts.get(place));
  return {
    place,
    ...problem,
    ...helpOnValue(error),
    ...(isInUnit ? { allowed: rangeOf(error.parentSchema, (n) => showQuantity(n, unit)) } : {}),
  };
}

/** Of a key that takes functions, but not this one, the list of what is allowed says more. */
function isFunctionWithoutPlace({ keyword, data, parentSchema }: ErrorObject): boolean {
  const isOfType = ['type', 'anyOf', 'additionalProperties', 'required'].includes(keyword);
  return isOfType && isIntrinsic(data) && !typeName(parentSchema).includes('function');
}

function functionProblem({ instancePath, data, parentSchema }: ErrorObject, root: string): Problem {
  return {
    code: 'WATCHBOT_WRONG_TYPE',
    place: configPath(root, keysOfPointer(instancePath)),
    given: describeValue(data),
    allowed: `${typeName(parentSchema)}, without a CloudFormation function`,
    advice: instead(data),
  };
}

/** What the names in a map may be, if they are the user's own. */
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

function numberRange(error: ErrorObject) {
  const unit = unitOf(error.parentSchema);
  const allowed =
    unit === undefined ? rangeOf(error.parentSchema) : `${rangeOf(error.parentSchema)} (${unit})`;
  return { code: 'WATCHBOT_OUT_OF_RANGE' as ErrorCode, given: describeValue(error.data), allowed };
}

const rangeOf = (schema: ErrorObject['parentSchema'], show?: (value: number) => string) =>
  describeRange(schema as Parameters<typeof describeRange>[0], show);

const unitOf = (schema: ErrorObject['parentSchema']) => schema?.unit as Unit | undefined;

const hasUnit = (text: unknown) => typeof text === 'string' && /[a-z]/i.test(text);

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
  const name = TYPE_NAMES[String(schema?.type)] ?? '';
  const unit = unitOf(schema);
  return unit === undefined ? name : `${name} of ${unit}, ${rangeOf(schema)}; or ${formsOf(unit)}`;
}

/**
 * A value that fits no branch of a union gives the errors of every branch. If it has the type of one branch, only that
 * branch's errors help; if it has the type of none, only the union's own.
 */
export function relevantErrors(errors: readonly ErrorObject[]): ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter(
    (error) => unions.every((union) => isRelevantTo(union, error, errors)) && !isSaidByItsList(error, errors),
  );
}

function isRelevantTo(union: ErrorObject, error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const meant = meantBranch(union, errors);
  if (error === union) return meant === undefined;
  if (!isInside(error, union)) return true;
  return meant !== undefined && branchOf(error, union) === meant;
}

/** Whether an error comes from one of the union's branches, about the union's value or something in it. */
function isInside(error: ErrorObject, union: ErrorObject): boolean {
  const isAbout =
    error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  return isAbout && error.schemaPath.startsWith(`${union.schemaPath}/`);
}

function branchOf({ schemaPath }: ErrorObject, union: ErrorObject): string | undefined {
  return schemaPath.slice(union.schemaPath.length + 1).split('/')[0];
}

/** The number of the branch whose type the value has, if there is just one. */
function meantBranch(union: ErrorObject, errors: readonly ErrorObject[]): string | undefined {
  const inBranches = errors.filter((error) => isInside(error, union));
  const others = new Set(
    inBranches.filter((error) => saysOtherKind(error, union)).map((error) => branchOf(error, union)),
  );
  const fitting = new Set(
    inBranches.map((error) => branchOf(error, union)).filter((branch) => !others.has(branch)),
  );
  return fitting.size === 1 ? [...fitting][0] : undefined;
}

/** Keywords whose errors say that a value is of another kind than a branch, rather than that something in it is wrong. */
const KIND_KEYWORDS = ['type', 'const', 'minProperties', 'maxProperties', 'propertyNames'];

function saysOtherKind({ instancePath, keyword, propertyName }: ErrorObject, union: ErrorObject): boolean {
  return (
    instancePath === union.instancePath && (KIND_KEYWORDS.includes(keyword) || propertyName !== undefined)
  );
}

/** A value that is not in the list of allowed ones may have the wrong type too: the list says more. */
function isSaidByItsList(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return (
    error.keyword === 'type' &&
    errors.some(
      ({ keyword, instancePath, parentSchema }) =>
        keyword === 'enum' && instancePath === error.instancePath && parentSchema === error.parentSchema,
    )
  );
}
