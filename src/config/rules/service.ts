import { describeValue, type Problem } from '../../errors/problem';
import { completeEvents } from '../complete-events';
import { ARCHITECTURES, type ServiceContext, type SharedInput, type WorkerInput } from '../configuration';
import { CLOUDWATCH, MAX_WORKER_NAME_LENGTH } from '../limits';
import { logicalIds } from '../logical-ids';
import { stackNameLimit } from '../names';
import { isEmailAddress, isTopicArn } from '../notify';
import { placeOf } from '../place';
import { SHARED_KEYS } from '../schema/service';
import { publicIpProblems } from './capacity';
import { sharedExtensionProblems } from './extensions';
import { referenceProblems } from './image';
import { tooLong } from './names';
import type { Service } from './rule';

/** Rules about the section as a whole. */
export function serviceProblems(subject: Service): Problem[] {
  const { shared, workers, context, root, isMany, isRefused } = subject;
  const names = Object.keys(workers);
  const placeOfWorker = (name: string) => placeOf(root, isMany ? ['workers', name] : []);
  return [
    ...architectureProblems(context),
    ...clusterProblems(shared, root),
    ...publicIpProblems(subject),
    ...notifyProblems(shared, root),
    ...buildProblems(shared, placeOf(root, ['build', 'nodeImage']), isRefused),
    ...tooLong([stackNameLimit(context)], root, "shorten the service's or the stage's name"),
    ...(SHARED_KEYS.some((key) => isRefused(placeOf(root, [key]))) ? [] : sharedExtensionProblems(subject)),
    ...sharedBuckets(workers).map(({ name, other, bucket }) => ({
      code: 'WATCHBOT_NAME_TAKEN' as const,
      place: placeOf(placeOfWorker(name), ['events']),
      given: `${name} beside ${other}: each would make the bucket ${describeValue(bucket)}`,
      allowed: 'a bucket that one worker makes',
      advice: 'set `existing: true` for both, and define the bucket under `resources`',
    })),
    ...names.flatMap((name) => (isMany ? nameProblems(name, placeOfWorker(name)) : [])),
    ...takenIds(names).map(({ name, other, id }) => ({
      code: 'WATCHBOT_NAME_TAKEN' as const,
      place: placeOfWorker(name),
      given: `${name} beside ${other}: each would make a ${id}`,
      allowed: 'names whose resources differ in more than case',
      advice: 'rename one of the two',
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

/** Where the whole section is refused there are no defaults either. */
function buildProblems(
  { build }: Partial<SharedInput>,
  place: string,
  isRefused: Service['isRefused'],
): Problem[] {
  return build === undefined || isRefused(place) ? [] : referenceProblems(build.nodeImage, place);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
const CLUSTER = /^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/)?[A-Za-z0-9_-]{1,255}$/;

function clusterProblems({ cluster }: SharedInput, root: string): Problem[] {
  if (typeof cluster !== 'string' || CLUSTER.test(cluster)) return [];
  const allowed =
    'the name of a cluster (letters, digits, dashes and underscores), or an ARN like arn:aws:ecs:REGION:ACCOUNT:cluster/NAME';
  return [{ code: 'WATCHBOT_MALFORMED', place: `${root}.cluster`, given: describeValue(cluster), allowed }];
}

function notifyProblems({ notify }: SharedInput, root: string): Problem[] {
  const entries = notify === undefined ? [] : Array.isArray(notify) ? (notify as unknown[]) : [notify];
  const place = `${root}.notify`;
  const isAddress = (entry: unknown) => typeof entry === 'string' && isEmailAddress(entry);
  const malformed = entries
    .filter((entry) => typeof entry === 'string' && !isEmailAddress(entry) && !isTopicArn(entry))
    .map((entry) => ({
      code: 'WATCHBOT_MALFORMED' as const,
      place,
      given: describeValue(entry),
      allowed:
        'an e-mail address, the ARN of an SNS topic that is not FIFO (arn:aws:sns:REGION:ACCOUNT:NAME), or a list of them',
    }));
  const topics = entries.filter((entry) => !isAddress(entry)).length + (entries.some(isAddress) ? 1 : 0);
  return topics <= CLOUDWATCH.maxAlarmActions ? malformed : [...malformed, tooManyTopics(place, topics)];
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
function sharedBuckets(workers: Readonly<Record<string, WorkerInput>>) {
  const made = Object.entries(workers).flatMap(([name, { events }]) =>
    completeEvents(events)
      .s3.filter(({ existing }) => !existing)
      .map(({ bucket }) => ({ name, bucket })),
  );
  return made.flatMap(({ name, bucket }, index) => {
    const other = made
      .slice(0, index)
      .find((before) => before.name !== name && JSON.stringify(before.bucket) === JSON.stringify(bucket));
    return other === undefined ? [] : [{ name, bucket, other: other.name }];
  });
}
