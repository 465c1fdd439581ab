import { describeValue, type Problem } from '../../errors/problem';
import { configPath } from '../config-path';
import { ARCHITECTURES, type Configuration, type ServiceContext, type Worker } from '../configuration';
import { CLOUDWATCH, MAX_WORKER_NAME_LENGTH } from '../limits';
import { logicalIds, sourceIds } from '../logical-ids';
import { longestNames, stackNameLimit, type LimitedName } from '../names';
import { isIn } from '../refusals';
import { networkProblems } from './network';
import { madeBuckets } from '../s3-sources';
import { publicIpProblems } from './capacity';
import { referenceProblems } from './image';
import type { Service, WorkerRule } from './rule';

/** Checks of the section as a whole. */
export function serviceProblems(service: Service): Problem[] {
  const { configuration, root, isMany, refusals } = service;
  const { context, workers, build } = configuration;
  const names = workers.map(({ name }) => name);
  const pathOfWorker = (name: string) => configPath(root, isMany ? ['workers', name] : []);
  const nodeImage = configPath(root, ['build', 'nodeImage']);
  return [
    ...architectureProblems(context),
    ...clusterProblems(configuration, root),
    ...publicIpProblems(service),
    ...networkProblems(service),
    ...notifyProblems(configuration, root),
    ...(isIn(refusals.refused, nodeImage) ? [] : referenceProblems(build.nodeImage, nodeImage)),
    ...tooLong([stackNameLimit(context)], root, "shorten the service's or the stage's name"),
    ...sharedBuckets(workers).map(({ name, other, bucket }) => ({
      code: 'WATCHBOT_NAME_TAKEN' as const,
      place: configPath(pathOfWorker(name), ['events']),
      given: `${name} beside ${other}: each would make the bucket ${describeValue(bucket)}`,
      allowed: 'a bucket that one worker makes',
      advice: 'set `existing: true` for both, and define the bucket under `resources`',
    })),
    ...names.flatMap((name) => (isMany ? nameProblems(name, pathOfWorker(name)) : [])),
    ...takenIds(names).map(({ name, other, id }) => ({
      code: 'WATCHBOT_NAME_TAKEN' as const,
      place: pathOfWorker(name),
      given: `${name} beside ${other}: each would make a ${id}`,
      allowed: 'names whose resources differ in more than case',
      advice: 'rename the one that is not deployed yet: a new name is a new queue',
    })),
  ];
}

/** The framework itself only warns about it, and a task would ask for an architecture that there is not. */
function architectureProblems({ architecture }: ServiceContext): Problem[] {
  if (architecture === undefined || ARCHITECTURES.includes(architecture)) return [];
  return [
    {
      code: 'WATCHBOT_NOT_ALLOWED',
      place: 'provider.architecture',
      given: describeValue(architecture),
      allowed: ARCHITECTURES.join(', '),
    },
  ];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
const CLUSTER = /^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/)?[A-Za-z0-9_-]{1,255}$/;

function clusterProblems({ cluster }: Configuration, root: string): Problem[] {
  if (typeof cluster !== 'string' || CLUSTER.test(cluster)) return [];
  const allowed =
    'the name of a cluster (letters, digits, dashes and underscores), or an ARN like arn:aws:ecs:REGION:ACCOUNT:cluster/NAME';
  return [{ code: 'WATCHBOT_MALFORMED', place: `${root}.cluster`, given: describeValue(cluster), allowed }];
}

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

function notifyProblems({ notify: { addresses, topics } }: Configuration, root: string): Problem[] {
  const place = `${root}.notify`;
  const malformed = topics
    .filter((topic) => typeof topic === 'string' && !TOPIC_ARN.test(topic))
    .map((topic) => ({
      code: 'WATCHBOT_MALFORMED' as const,
      place,
      given: describeValue(topic),
      allowed:
        'an e-mail address, the ARN of an SNS topic that is not FIFO (arn:aws:sns:REGION:ACCOUNT:NAME), or a list of them',
    }));
  const actions = topics.length + (addresses.length > 0 ? 1 : 0);
  return actions <= CLOUDWATCH.maxAlarmActions ? malformed : [...malformed, tooManyTopics(place, actions)];
}

function tooManyTopics(place: string, topics: number): Problem {
  return {
    code: 'WATCHBOT_OUT_OF_RANGE',
    place,
    given: `${topics} topics for an alarm`,
    allowed: `at most ${CLOUDWATCH.maxAlarmActions}; all e-mail addresses together are one`,
    advice: 'let one topic pass the alarms on to the others',
  };
}

/** No two dashes in a row, and none at the end: the name of an image repository takes neither. */
const WORKER_NAME = /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/;

function nameProblems(name: string, place: string): Problem[] {
  if (WORKER_NAME.test(name) && name.length <= MAX_WORKER_NAME_LENGTH) return [];
  const allowed = `a letter, then letters and digits, with single dashes between; at most ${MAX_WORKER_NAME_LENGTH} characters`;
  return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(name), allowed }];
}

function takenIds(names: readonly string[]): { name: string; other: string; id: string }[] {
  return names.flatMap((name, index) => {
    const ids = logicalIds(name);
    const taken = names.slice(0, index).flatMap((other) => {
      const others = new Set(logicalIds(other).map((id) => id.toLowerCase()));
      const id = ids.find((candidate) => others.has(candidate.toLowerCase()));
      return id === undefined ? [] : [{ name, other, id }];
    });
    return taken.slice(0, 1);
  });
}

/** Two workers whose events would make one bucket. */
function sharedBuckets(workers: readonly Worker[]) {
  const made = workers.flatMap(({ name, events }) =>
    madeBuckets(events).map(({ bucket }) => ({ name, bucket })),
  );
  return made.flatMap(({ name, bucket }, index) => {
    const other = made
      .slice(0, index)
      .find((before) => before.name !== name && JSON.stringify(before.bucket) === JSON.stringify(bucket));
    return other === undefined ? [] : [{ name, bucket, other: other.name }];
  });
}

/** The names of a worker's resources. */
export const namesFit: WorkerRule = {
  reads: ['queue.fifo', 'queue.arn', 'queue.deadLetter', 'events.*'],
  check: ({ worker, configuration, at }) => {
    const ids = Object.values(sourceIds(worker));
    const names = longestNames(configuration.context, worker.name, {
      fifo: worker.queue.fifo,
      deadLetter: worker.queue.deadLetter === true,
      rules: ids.filter((id) => /Rule\d+$/.test(id)),
      schedules: ids.filter((id) => /Schedule\d+$/.test(id)),
    });
    return tooLong(
      names,
      at(),
      "shorten the service's, the stage's or the worker's name, of what is not deployed yet: a new name is a new queue",
    );
  },
};

function tooLong(names: readonly LimitedName[], place: string, advice: string): Problem[] {
  return names
    .filter(({ name, limit }) => name.length > limit)
    .map(({ kind, name, limit }) => ({
      code: 'WATCHBOT_NAME_TOO_LONG',
      place,
      given: `${name} (${name.length} characters) as the name of the ${kind}`,
      allowed: `at most ${limit} characters`,
      advice,
    }));
}
