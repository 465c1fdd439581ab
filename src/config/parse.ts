import { UserError } from '../errors/user-error';
import type { Problem } from '../errors/problem';
import { complete } from './complete';
import type { Configuration, ServiceContext, SharedInput, WorkerInput } from './configuration';
import { isMap } from './maps';
import { SHARED_RESOURCE_NAMES } from './logical-ids';
import { SINGLE_WORKER_NAME } from './names';
import { placeOf } from './place';
import { emptyValues, serviceProblems, WORKER_RULES, type Service } from './rules';
import { SHARED_KEYS, WORKER_KEYS } from './schema/service';
import { hasWorkers, validateSection } from './validate';

const ROOT = 'watchbot';

/**
 * The `watchbot` section as a configuration: checked whole, every choice made, frozen.
 * @throws {UserError} `WATCHBOT_CONFIGURATION` with all that is wrong.
 */
export function parseConfiguration(section: unknown, context: ServiceContext): Configuration {
  const validation = validateSection(section, ROOT);
  const isMany = hasWorkers(section);
  const checked = split(validation.section, isMany);
  // Without what the schema refuses, and with its defaults in, it has the schema's types.
  const shared = checked.shared as SharedInput;
  const workers = checked.workers as Record<string, WorkerInput>;
  const given: Record<string, unknown> = split(mapIn(section), isMany).workers;
  const isRefused = (place: string) => isIn(validation.refused, place);
  const service = { shared, workers, context, root: ROOT, isMany, isRefused };
  const problems = [
    ...validation.problems.map((problem) => explainUnknownKey(problem, section)),
    ...emptyValues(section, validation.refused, ROOT),
    ...workerProblems(service, given),
    ...serviceProblems(service),
  ];
  if (problems.length > 0) throw UserError.ofConfiguration(problems);
  // A copy of the context, part of which is the framework's own and must not be frozen.
  return deepFreeze(complete(shared, workers, structuredClone(context)));
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

/** Where one worker stands alone, its `extensions` have the resources that a stack has once among them. */
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

/** `given` has the workers as they were written. */
function workerProblems(service: Service, given: Record<string, unknown>): Problem[] {
  const { workers, shared, context, root, isMany, isRefused } = service;
  return Object.entries(workers).flatMap(([name, worker]) => {
    const base = isMany ? placeOf(root, ['workers', name]) : root;
    const at = (...keys: string[]) => placeOf(base, keys);
    const isKeyRefused = (key: string) =>
      isRefused(SHARED_KEYS.includes(key) ? placeOf(root, [key]) : at(key));
    return WORKER_RULES.filter(({ reads }) => !reads.some(isKeyRefused)).flatMap(({ check }) =>
      check({ worker, given: mapIn(given[name]), name, context, shared, isMany, at }),
    );
  });
}

/** Whether one of the places is this one, or in it. */
function isIn(places: ReadonlySet<string>, place: string): boolean {
  return [...places].some(
    (other) => other === place || other.startsWith(`${place}.`) || other.startsWith(`${place}[`),
  );
}

/** A worker's key beside `workers:`, or a worker that stands directly under `watchbot:`, is only in the wrong place. */
function explainUnknownKey(problem: Problem, section: unknown): Problem {
  const { code, place, given } = problem;
  if (code !== 'WATCHBOT_UNKNOWN_KEY' || given === undefined || place !== placeOf(ROOT, [given]))
    return problem;
  if (WORKER_KEYS.includes(given)) {
    return { ...problem, advice: `move it into a worker: ${ROOT}.workers.NAME.${given}` };
  }
  const value = isMap(section) ? section[given] : undefined;
  const isWorker = isMap(value) && ('command' in value || 'handler' in value);
  return isWorker ? { ...problem, advice: `move it under \`workers\`: ${ROOT}.workers.${given}` } : problem;
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
