import type { ErrorObject } from 'ajv';

/**
 * A value that fits no branch of a union gives the errors of every branch. Where it has the type of one branch, only
 * that branch's errors help; where it has the type of none, only the union's own.
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

/** Keywords that say that a value is not what a branch is about, rather than that something in it is wrong. */
const KIND_KEYWORDS = ['type', 'const', 'minProperties', 'maxProperties', 'propertyNames'];

function saysOtherKind({ instancePath, keyword, propertyName }: ErrorObject, union: ErrorObject): boolean {
  return (
    instancePath === union.instancePath && (KIND_KEYWORDS.includes(keyword) || propertyName !== undefined)
  );
}

/** The list of what is allowed says more than the type, which the same value has wrong too. */
function isSaidByItsList(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  return (
    error.keyword === 'type' &&
    errors.some(
      ({ keyword, instancePath, parentSchema }) =>
        keyword === 'enum' && instancePath === error.instancePath && parentSchema === error.parentSchema,
    )
  );
}
