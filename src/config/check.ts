import type { Problem } from '../errors/problem';
import { configPath } from './config-path';
import type { ListResources, Worker } from './configuration';
import { ACCESS_RULES } from './rules/access';
import { CAPACITY_RULES } from './rules/capacity';
import { MANAGED_RULES } from './rules/managed';
import { CONTAINER_RULES } from './rules/container';
import { EBS_RULES } from './rules/ebs';
import { EVENT_RULES } from './rules/events';
import {
  absentExtensions,
  DECIDING_KEYS,
  queueHasAName,
  sharedExtensionProblems,
  unknownExtensions,
  watcherStays,
} from './rules/extensions';
import { IMAGE_RULES } from './rules/image';
import { LOG_DRIVER_RULES } from './rules/log-driver';
import { LOG_ROUTER_RULES } from './rules/log-router';
import { OBSERVABILITY_RULES } from './rules/observability';
import { PROGRAM_RULES } from './rules/program';
import { QUEUE_RULES } from './rules/queue';
import type { RuleSubject, Service, WorkerRule } from './rules/rule';
import { REFERENCE_RULES } from './rules/references';
import { SCALING_RULES } from './rules/scaling';
import { namesFit, serviceProblems } from './rules/service';
import { VOLUME_RULES } from './rules/volumes';
import { SIDECAR_ORDER_RULES } from './rules/sidecar-order';
import { SIDECAR_RULES } from './rules/sidecars';
import { isMap } from '../shared/json';
import { isIn } from './refusals';
import { SHARED_KEYS } from './schema/compiled';
import { showLike } from './units';

/** Every check across the keys of one worker. */
const WORKER_RULES: readonly WorkerRule[] = [
  ...PROGRAM_RULES,
  ...IMAGE_RULES,
  ...CONTAINER_RULES,
  ...VOLUME_RULES,
  ...EBS_RULES,
  ...SIDECAR_RULES,
  ...SIDECAR_ORDER_RULES,
  ...LOG_ROUTER_RULES,
  ...CAPACITY_RULES,
  ...MANAGED_RULES,
  ...SCALING_RULES,
  ...QUEUE_RULES,
  ...ACCESS_RULES,
  ...REFERENCE_RULES,
  ...EVENT_RULES,
  ...OBSERVABILITY_RULES,
  ...LOG_DRIVER_RULES,
  watcherStays,
  queueHasAName,
  namesFit,
];

/** What is wrong with the finished configuration. */
export function checkConfiguration(service: Service, listResources: ListResources): Problem[] {
  const { configuration, refusals, root } = service;
  const hasExtensions = [configuration, ...configuration.workers].some(
    ({ extensions }) => Object.keys(extensions).length > 0,
  );
  // The builders alone know what they make; they are asked only if somebody extends it.
  const made = hasExtensions ? listResources(configuration) : { shared: [], workers: {} };
  const rules: WorkerRule[] = [
    ...WORKER_RULES,
    { reads: ['extensions.*'], check: (subject) => unknownExtensions(subject, made) },
    { reads: DECIDING_KEYS, check: (subject) => absentExtensions(subject, made) },
  ];
  const isSharedRefused = SHARED_KEYS.some((key) => isIn(refusals.refused, configPath(root, [key])));
  return [
    ...configuration.workers.flatMap((worker) => workerProblems(worker, service, rules)),
    ...serviceProblems(service),
    ...(isSharedRefused ? [] : sharedExtensionProblems(service, made)),
  ];
}

function workerProblems(worker: Worker, service: Service, rules: readonly WorkerRule[]): Problem[] {
  const { configuration, isMany, refusals, placeOf } = service;
  const base = isMany ? ['workers', worker.name] : [];
  const at = (...keys: string[]) => placeOf([...base, ...keys]);
  const given = service.given[worker.name] ?? {};
  const show: RuleSubject['show'] = (key, count, unit) =>
    showLike(service.texts.get(at(...key.split('.'))), count, unit);
  const subject: RuleSubject = { worker, given, configuration, isMany, at, show };
  return rules
    .filter(({ reads }) => !reads.some((read) => isDoubtful(read.split('.'), subject, service)))
    .flatMap(({ check }) => check(subject))
    .filter(({ place }) => place === at() || !isIn(refusals.refused, place));
}

/** Whether the schema has refused what a rule reads, or an unknown key may be meant for it. */
function isDoubtful(
  read: readonly string[],
  { given, at }: RuleSubject,
  { root, refusals: { refused, meant } }: Service,
): boolean {
  const keys = read.filter((key) => key !== '*');
  const pathOf = (...some: string[]) =>
    SHARED_KEYS.includes(keys[0]!) ? configPath(root, some) : at(...some);
  const path = pathOf(...keys);
  const isGone = keys.some((_, index) => refused.has(pathOf(...keys.slice(0, index + 1))));
  if (isGone || (keys.length === read.length && isIn(refused, path))) return true;
  const value = keys.reduce<unknown>((map, key) => (isMap(map) ? map[key] : undefined), given);
  const isMeant = meant.has(path) || (keys.length > 1 && meant.has(`${pathOf(...keys.slice(0, -1))}.*`));
  return value === undefined && isMeant;
}
