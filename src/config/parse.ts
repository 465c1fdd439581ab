import { describeValue, type Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import { checkConfiguration } from './check';
import { complete, completeWorker } from './complete/complete';
import { configPath } from './config-path';
import type {
  Configuration,
  GivenShared,
  GivenWorker,
  ListResources,
  ServiceContext,
  SharedInput,
  Worker,
  WorkerInput,
} from './configuration';
import { pasteOf } from './paste';
import { isIn } from './refusals';
import { SHARED_RESOURCE_NAMES } from './logical-ids';
import { isMap } from '../shared/json';
import { SINGLE_WORKER_NAME } from './names';
import { SHARED_KEYS, WORKER_KEYS } from './schema/compiled';
import { hasWorkers, validateSection } from './validate';

const ROOT = 'watchbot';

/**
 * The `watchbot` section as a configuration: every choice made, then checked, and frozen.
 * @param listResources answers for the builders of the template
 * @throws {UserError} `WATCHBOT_CONFIGURATION` with all that is wrong.
 */
export function parseConfiguration(
  section: unknown,
  context: ServiceContext,
  listResources: ListResources,
): Configuration {
  const { configuration, problems: found, typed } = examine(section, context, listResources);
  if (found.length > 0) {
    const { problems, corrected, places, text } = pasteOf(found, typed, ROOT);
    const rest = corrected === undefined ? [] : examine(corrected, context, listResources).problems;
    throw UserError.ofConfiguration([...problems, ...ofLines(rest, places, problems)], text);
  }
  // A copy, since parts of it are the framework's own, or defaults, and must not be frozen.
  return deepFreeze(structuredClone(configuration));
}

/** Whether a problem is about one of the places, or about what lacks beside one of them. */
function isAbout({ code, place }: Problem, places: ReadonlySet<string>): boolean {
  const isWithin = [...places].some((other) => isIn(new Set([place]), other));
  const isLack = code === 'WATCHBOT_MISSING_KEY' && isIn(places, place.replace(/\.[^.]*$/, ''));
  return isWithin || isLack;
}

/** What is wrong with the lines that are to be pasted, and has not been told of what was typed. */
function ofLines(rest: readonly Problem[], places: ReadonlySet<string>, told: readonly Problem[]): Problem[] {
  // Entries of a list may have moved.
  const isSame = (one: Problem, other: Problem) =>
    one.code === other.code &&
    (one.place === other.place || (one.given === other.given && one.allowed === other.allowed));
  return rest
    .filter((problem) => isAbout(problem, places) && !told.some((other) => isSame(problem, other)))
    .map((problem) => ({
      ...problem,
      given: [...(problem.given === undefined ? [] : [problem.given]), IN_LINES].join(', '),
    }));
}
const IN_LINES = 'in the lines below';

/** The section with every choice made, and all that is wrong with it. */
function examine(section: unknown, context: ServiceContext, listResources: ListResources) {
  const validation = validateSection(section, ROOT);
  const isMany = hasWorkers(section);
  const { shared, workers } = split(validation.section, isMany);
  // Without what the schema refuses, and with its defaults, it has the schema's types.
  const configuration = complete(shared as SharedInput, workers as Record<string, WorkerInput>, context);
  const given = split(mapIn(validation.given), isMany);
  const service = {
    configuration,
    given: given.workers as Record<string, GivenWorker>,
    givenShared: given.shared as GivenShared,
    root: ROOT,
    isMany,
    texts: validation.texts,
    refusals: validation,
    placeOf: validation.placeOf,
  };
  const problems = [
    ...validation.problems.map((problem) => explainUnknownKey(problem, section)),
    ...checkConfiguration(service, listResources),
  ].map((problem) => asTyped(problem, validation.texts));
  return { configuration, problems, typed: validation.typed };
}

/**
 * A worker of which some keys are known: those that the schema refuses count as not given, and are told when the whole
 * section is parsed.
 */
export function parseWorker(name: string, keys: Readonly<Record<string, unknown>>): Worker {
  const { section } = validateSection(keys, ROOT);
  return completeWorker(name, section as WorkerInput, {
    architecture: undefined,
    providerImages: undefined,
    environment: {},
    environmentFiles: {},
    logRetention: undefined,
  });
}

/** What the workers share, and each of them. */
function split(section: Record<string, unknown>, isMany: boolean) {
  const keys = pick(section, (key) => SHARED_KEYS.includes(key));
  const { extensions, workers, ...single } = section;
  if (isMany) {
    return { shared: { ...keys, extensions: mapIn(extensions) }, workers: mapIn(workers) };
  }
  const { shared, own } = splitExtensions(mapIn(extensions));
  const worker = { ...pick(single, (key) => !SHARED_KEYS.includes(key)), extensions: own };
  const isEmpty = Object.keys(section).length === 0;
  return {
    shared: { ...keys, extensions: shared },
    workers: isEmpty ? {} : { [SINGLE_WORKER_NAME]: worker },
  };
}

/** A worker that stands alone has the extensions of what a stack has once among its own. */
function splitExtensions(extensions: Record<string, unknown>) {
  const isShared = (resource: string) => SHARED_RESOURCE_NAMES.some((name) => name === resource);
  return {
    shared: pick(extensions, isShared),
    own: pick(extensions, (resource) => !isShared(resource)),
  };
}

function mapIn(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

/** An error about a value that a text was read as quotes that text. */
function asTyped(problem: Problem, texts: ReadonlyMap<string, unknown>): Problem {
  const typed = texts.get(problem.place);
  return typed === undefined || problem.given === undefined
    ? problem
    : { ...problem, given: describeValue(typed) };
}

/** A worker's key beside `workers:`, or a worker that stands directly under `watchbot:`, is only in the wrong place. */
function explainUnknownKey(problem: Problem, section: unknown): Problem {
  const { code, place, given } = problem;
  if (code !== 'WATCHBOT_UNKNOWN_KEY' || given === undefined || place !== configPath(ROOT, [given]))
    return problem;
  if (WORKER_KEYS.includes(given)) {
    return { code, place, given, advice: `move it into a worker: ${ROOT}.workers.NAME.${given}` };
  }
  const value = isMap(section) ? section[given] : undefined;
  const isWorker = isMap(value) && ('command' in value || 'handler' in value);
  return isWorker
    ? { code, place, given, advice: `move it under \`workers\`: ${ROOT}.workers.${given}` }
    : problem;
}

function pick(section: Record<string, unknown>, isWanted: (key: string) => boolean) {
  return Object.fromEntries(Object.entries(section).filter(([key]) => isWanted(key)));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
