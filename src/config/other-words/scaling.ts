import { isMap } from '../../shared/json';
import {
  as,
  both,
  each,
  inside,
  number,
  put,
  remove,
  say,
  type Answer,
  type Convert,
  type Words,
} from './answer';
import { IS_OFF } from './queue';

/** Words of other tools for how many tasks there are. */

const followsQueue = remove(
  'the number of tasks follows the queue, and `cpu`, `memory` and `age` where they are given',
);
/** A number, or Copilot's map around it. */
const percentOf = (key: 'cpu' | 'memory'): Convert =>
  inside({ value: as(`scaling.${key}`) }, (value) => put(`scaling.${key}`, value));
const perTask = () =>
  say('give `scaling: {steps: [{messages: …, tasks: …}]}`: from so many messages on, so many tasks');
export const PAUSED: Answer = both(
  put('extensions.scalableTarget', { MinCapacity: 0, MaxCapacity: 0 }),
  say('it takes no messages then, and they wait in its queue'),
);

const range: Convert = (value) => {
  const [, min, max] = /^(\d+)-(\d+)$/.exec(String(value)) ?? [];
  if (min !== undefined) return put('scaling', { min: Number(min), max: Number(max) });
  if (!isMap(value)) return say('give `scaling: {min: …, max: …}`');
  const { spotFrom = value.spot_from, min: least, max: most } = value;
  const onDemand = number(spotFrom);
  const shares = [
    ...(onDemand === undefined || onDemand < 2
      ? []
      : [{ provider: 'FARGATE', base: onDemand - 1, weight: 0 }]),
    { provider: 'FARGATE_SPOT', weight: 1 },
  ];
  return both(
    put('scaling', { min: least, max: most }),
    ...(onDemand === undefined ? [] : [put('capacity', shares)]),
  );
};

export const spot: Convert = (value) => {
  const tasks = number(value);
  if (value === false) return say(IS_OFF);
  return both(
    put('capacity', 'FARGATE_SPOT'),
    ...(tasks === undefined ? [] : [put('scaling', { min: tasks, max: tasks })]),
  );
};

/** Within `scaling` and Copilot's `count`. */
export const IN_SCALING: Words = {
  ...each(
    [
      'minTasks',
      'minSize',
      'minCapacity',
      'minScalingCapacity',
      'minimum',
      'minCount',
      'minimumCapacity',
      'minInstances',
      'minReplicas',
      'minWorkers',
    ],
    as('scaling.min'),
  ),
  ...each(
    [
      'maxTasks',
      'maxSize',
      'maxCapacity',
      'maxScalingCapacity',
      'maximum',
      'maxCount',
      'maximumCapacity',
      'maxInstances',
      'maxReplicas',
      'maxWorkers',
    ],
    as('scaling.max'),
  ),
  ...each(['provisionedConcurrency', 'desiredTaskCount'], as('scaling.min')),
  ...each(['maxConcurrency', 'maximumConcurrency', 'reservedConcurrency', 'watchers'], as('scaling.max')),
  range,
  spot,
  ...each(
    ['queueDelay'],
    inside({ acceptableLatency: as('scaling.latency'), msgProcessingTime: as('scaling.jobDuration') }),
  ),
  ...each(['idleTimeout', 'scaleDownDelay', 'keepAlive'], as('scaling.keepIdle')),
  acceptableLatency: as('scaling.latency'),
  msgProcessingTime: as('scaling.jobDuration'),
  ...each(
    ['cooldown', 'scaleInCooldown', 'scaleOutCooldown'],
    remove('there is none; `scaling: {keepIdle: …}` says how long idle tasks stay'),
  ),
  ...each(['cpuPercentage', 'cpuTargetUtilizationPercent', 'targetCpu'], percentOf('cpu')),
  ...each(['memoryPercentage', 'memoryTargetUtilizationPercent', 'targetMemory'], percentOf('memory')),
  disableCpuBasedScaling: remove('the messages alone decide, unless `scaling.cpu` is given'),
  ...each(['requests', 'responseTime', 'customMetrics', 'targetValue', 'metric'], followsQueue),
  ...each(['scalingSteps', 'messagesPerTask', 'backlogPerTask', 'targetBacklog'], perTask),
};

/** A number of tasks, or Copilot's map of what decides it. */
export const count: Convert = inside(IN_SCALING, (value) => {
  const tasks = number(value);
  if (tasks === undefined) return range(value);
  return tasks === 0 ? PAUSED : put('scaling', { min: tasks, max: tasks });
});
