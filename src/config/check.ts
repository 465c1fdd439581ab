import type { Problem } from '../errors/problem';
import { configPath } from './config-path';
import type { ListResources, Worker } from './configuration';
import { ACCESS_RULES } from './rules/access';
import { CAPACITY_RULES } from './rules/capacity';
import { CONTAINER_RULES } from './rules/container';
import { EVENT_RULES } from './rules/events';
import { DECIDING_KEYS, extensionProblems, sharedExtensionProblems, watcherStays } from './rules/extensions';
import { OBSERVABILITY_RULES } from './rules/observability';
import { PROGRAM_RULES } from './rules/program';
import { QUEUE_RULES } from './rules/queue';
import type { RuleSubject, Service, WorkerRule } from './rules/rule';
import { SCALING_RULES } from './rules/scaling';
import { namesFit, serviceProblems } from './rules/service';
import { SHARED_KEYS } from './schema/compiled';

/** Every check across the keys of one worker. */
const WORKER_RULES: readonly WorkerRule[] = [
  ...PROGRAM_RULES,
  ...CONTAINER_RULES,
  ...CAPACITY_RULES,
  ...SCALING_RULES,
  ...QUEUE_RULES,
  ...ACCESS_RULES,
  ...EVENT_RULES,
  ...OBSERVABILITY_RULES,
  watcherStays,
  namesFit,
];

/** What is wrong with the finished configuration. */
export function checkConfiguration(service: Service, listResources: ListResources): Problem[] {
  const { configuration, isRefused, root } = service;
  const hasExtensions = [configuration, ...configuration.workers].some(
    ({ extensions }) => Object.keys(extensions).length > 0,
  );
  // The builders alone know what they make; they are asked only if somebody extends it.
  const made = hasExtensions ? listResources(configuration) : { shared: [], workers: {} };
  const extensionsAreMade: WorkerRule = {
    reads: DECIDING_KEYS,
    check: (subject) => extensionProblems(subject, made),
  };
  const rules = [...WORKER_RULES, extensionsAreMade];
  const isSharedRefused = SHARED_KEYS.some((key) => isRefused(configPath(root, [key])));
  return [
    ...configuration.workers.flatMap((worker) => workerProblems(worker, service, rules)),
    ...serviceProblems(service),
    ...(isSharedRefused ? [] : sharedExtensionProblems(service, made)),
  ];
}

function workerProblems(worker: Worker, service: Service, rules: readonly WorkerRule[]): Problem[] {
  const { configuration, given, root, isMany, isRefused } = service;
  const base = isMany ? configPath(root, ['workers', worker.name]) : root;
  const at = (...keys: string[]) => configPath(base, keys);
  const isKeyRefused = (key: string) =>
    isRefused(SHARED_KEYS.includes(key) ? configPath(root, [key]) : at(key));
  const subject: RuleSubject = { worker, given: given[worker.name] ?? {}, configuration, isMany, at };
  return rules.filter(({ reads }) => !reads.some(isKeyRefused)).flatMap(({ check }) => check(subject));
}
