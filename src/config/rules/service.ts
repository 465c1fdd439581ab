import { describeValue, type Problem } from '../../errors/problem';
import { isEmailAddress, isTopicArn } from '../notify';
import { MAX_WORKER_NAME_LENGTH } from '../limits';
import type { ServiceContext, SharedInput } from '../configuration';
import { longestNames, prefixOf } from '../names';

/** Rules about the section as a whole. `names` are those of the workers. */
export function serviceProblems(subject: {
  shared: SharedInput;
  names: readonly string[];
  context: ServiceContext;
  root: string;
  isMany: boolean;
}): Problem[] {
  const { shared, names, context, root, isMany } = subject;
  const placeOfWorker = (name: string) => (isMany ? `${root}.workers.${name}` : root);
  return [
    ...notifyProblems(shared, root),
    ...names.flatMap((name) => (isMany ? nameProblems(name, placeOfWorker(name)) : [])),
    ...takenPrefixes(names).map(({ name, other }) => ({
      code: 'WATCHBOT_NAME_TAKEN' as const,
      place: placeOfWorker(name),
      given: `${name} beside ${other}`,
      allowed: 'names that differ in more than case and dashes',
    })),
    ...names.flatMap((name) => lengthProblems(name, context, placeOfWorker(name))),
  ];
}

function notifyProblems({ notify }: SharedInput, root: string): Problem[] {
  const entries: unknown[] = Array.isArray(notify) ? notify : [notify];
  return entries
    .filter((entry) => typeof entry === 'string' && !isEmailAddress(entry) && !isTopicArn(entry))
    .map((entry) => ({
      code: 'WATCHBOT_MALFORMED' as const,
      place: `${root}.notify`,
      given: describeValue(entry),
      allowed: 'an e-mail address, the ARN of an SNS topic, or a list of them',
    }));
}

function nameProblems(name: string, place: string): Problem[] {
  const isWellFormed = /^[A-Za-z][A-Za-z0-9-]*$/.test(name) && name.length <= MAX_WORKER_NAME_LENGTH;
  if (isWellFormed) return [];
  const allowed = `a letter, then letters, digits and dashes, at most ${MAX_WORKER_NAME_LENGTH}`;
  return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(name), allowed }];
}

function takenPrefixes(names: readonly string[]): { name: string; other: string }[] {
  return names.flatMap((name, index) => {
    const other = names
      .slice(0, index)
      .find((earlier) => prefixOf(earlier).toLowerCase() === prefixOf(name).toLowerCase());
    return other === undefined ? [] : [{ name, other }];
  });
}

function lengthProblems(worker: string, context: ServiceContext, place: string): Problem[] {
  return longestNames(context, worker)
    .filter(({ name, limit }) => name.length > limit)
    .map(({ kind, name, limit }) => ({
      code: 'WATCHBOT_NAME_TOO_LONG' as const,
      place,
      given: `${name} (${name.length} characters) as the name of the ${kind}`,
      allowed: `at most ${limit} characters`,
      advice: "shorten the service's, the stage's or the worker's name",
    }));
}
