import { describeValue, type Problem } from '../../errors/problem';
import { isMap } from '../maps';
import { hasTopic, isAwsManagedKey, isExisting, isFifo } from '../queue-kind';
import { Encryption } from '../schema/queue';
import { didYouMean } from '../suggest';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** On a standard queue a message that keeps failing would be tried until it expires, at the cost of every other one. */
export const deadLetterOnlyOffForFifo: WorkerRule = {
  reads: ['queue'],
  check: ({ worker: { queue }, at }) =>
    problemIf(queue.deadLetter === false && !isFifo(queue) && !isExisting(queue), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('queue', 'deadLetter'),
      given: 'false with `fifo: false`',
      allowed: '`deadLetter: false` only with `fifo: true`',
      advice: 'remove `deadLetter`, or raise `maxReceives`',
    }),
};

/** A fresh container for each job cannot be shared by two jobs. */
export const oneJobInAFreshContainer: WorkerRule = {
  reads: ['writableFilesystem', 'concurrency'],
  check: ({ worker: { writableFilesystem, concurrency }, at }) =>
    problemIf(writableFilesystem && concurrency > 1, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('concurrency'),
      given: `concurrency ${concurrency} with \`writableFilesystem: true\``,
      allowed: 'concurrency 1 with `writableFilesystem`: every job gets a fresh container',
      advice: 'remove one of the two; more tasks come with `scaling.max`',
    }),
};

const QUEUE_ARN = /^arn:aws[a-z-]*:sqs:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?$/;
const QUEUE_ARN_FORM = 'an ARN like arn:aws:sqs:REGION:ACCOUNT:NAME, or a CloudFormation function';

export const queueArns: WorkerRule = {
  reads: ['queue'],
  check: ({ worker: { queue }, context, at }) =>
    (['arn', 'deadLetter'] as const).flatMap((key): Problem[] => {
      const given = queue[key];
      if (typeof given !== 'string') return [];
      const [isArn, region] = QUEUE_ARN.exec(given) ?? [];
      const place = at('queue', key);
      if (isArn === undefined) {
        return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(given), allowed: QUEUE_ARN_FORM }];
      }
      return problemIf(region !== context.region, {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: `a queue in ${region}, with the service in ${context.region}`,
        allowed: 'a queue in the region of the service: its metrics, which scaling needs, are there',
      });
    }),
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
export const queueKindsAgree: WorkerRule = {
  reads: ['queue'],
  check: ({ worker: { queue }, at }) => {
    const { arn, fifo, deadLetter } = queue;
    const suffix = (isIt: boolean) => (isIt ? 'a FIFO queue' : 'a standard queue');
    return [
      ...problemIf(fifo && !isFifo(queue), {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('queue', 'fifo'),
        given: `true, with ${describeValue(arn)}, whose name does not end with .fifo`,
        allowed: 'the kind that the queue is of',
        advice: 'remove `fifo`: it follows from the ARN',
      }),
      ...problemIf(typeof deadLetter === 'string' && deadLetter.endsWith('.fifo') !== isFifo(queue), {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('queue', 'deadLetter'),
        given: `${suffix(!isFifo(queue))} for the dead letters of ${suffix(isFifo(queue))}`,
        allowed: 'two queues of the same kind',
      }),
      ...problemIf(arn !== undefined && JSON.stringify(arn) === JSON.stringify(deadLetter), {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('queue', 'deadLetter'),
        given: 'the queue itself',
        allowed: 'another queue',
      }),
    ];
  },
};

/** Keys that say how a queue is made. */
const MADE_WITH = ['retention', 'maxReceives', 'delay'] as const;

/** What belongs to a queue that is there already is not the plugin's to change. */
export const existingQueueStays: WorkerRule = {
  reads: ['queue', 'topic', 'events'],
  check: (subject) => {
    if (!isExisting(subject.worker.queue)) return [];
    return [...queueSettingProblems(subject), ...senderProblems(subject)];
  },
};

function queueSettingProblems({ worker: { queue }, given, at }: RuleSubject): Problem[] {
  const written = isMap(given.queue) ? given.queue : {};
  const keys: string[] = MADE_WITH.filter((key) => key in written);
  if (queue.deadLetter === true) keys.push('deadLetter');
  if (queue.encryption === Encryption.ownKey) keys.push('encryption');
  return keys.map((key) => ({
    code: 'WATCHBOT_CONTRADICTION',
    place: at('queue', key),
    given: `\`${key}: ${String(written[key])}\` with \`arn\``,
    allowed: `\`${key}\` of a queue that is made here, without \`arn\``,
    advice: 'remove it, or change the queue where it is defined',
  }));
}

/** Leave to send is given by the queue's policy, and CloudFormation would replace the one that it has. */
function senderProblems({ worker, at }: RuleSubject): Problem[] {
  const allowed = 'with `queue.arn`: no topic, and only `schedule` and `webhook` among the events';
  const advice = "subscribe the queue where it is defined, so that its policy stays its owner's";
  const sources = worker.events.flatMap((event, index) =>
    (['sns', 'eventBridge', 's3'] as const)
      .filter((kind) => event[kind] !== undefined)
      .map((kind) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: at('events', String(index), kind),
        given: `a source that the policy of the queue must let in`,
        allowed,
        advice,
      })),
  );
  return [
    ...problemIf(hasTopic(worker), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('topic'),
      given: 'true with `queue.arn`',
      allowed,
      advice,
    }),
    ...sources,
  ];
}

const KEY =
  /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+|alias\/[A-Za-z0-9/_-]+|(mrk-)?[0-9a-f-]{32,36})$/;

export const encryptionIsKnown: WorkerRule = {
  reads: ['queue'],
  check: ({ worker: { queue }, at }) => {
    const { encryption } = queue;
    const words: readonly unknown[] = Object.values(Encryption);
    return problemIf(typeof encryption === 'string' && !words.includes(encryption) && !KEY.test(encryption), {
      code: 'WATCHBOT_NOT_ALLOWED',
      place: at('queue', 'encryption'),
      given: describeValue(encryption),
      allowed: `${words.join(', ')}, or a key: arn:aws:kms:REGION:ACCOUNT:key/ID, its id, or alias/NAME`,
      ...encryptionAdvice(encryption),
    });
  },
};

/** SQS's own names for the two are SSE-SQS and SSE-KMS. */
function encryptionAdvice(given: unknown): Pick<Problem, 'advice'> {
  if (typeof given !== 'string') return {};
  const isKms = /^(sse\W?|aws\W)?kms$/i.test(given);
  const advice = didYouMean(isKms ? Encryption.ownKey : given, Object.values(Encryption));
  return advice === undefined ? {} : { advice };
}

/** Its policy cannot be changed, and lets no service in: messages of a topic would vanish without a word. */
export const managedKeyHasNoSources: WorkerRule = {
  reads: ['queue', 'topic', 'events'],
  check: ({ worker, at }) => {
    const { encryption } = worker.queue;
    const sources = [
      ...(hasTopic(worker) ? ['the topic'] : []),
      ...new Set(
        worker.events
          .flatMap((event) => Object.keys(event))
          .filter((kind) => kind !== 'webhook' && kind !== 'schedule'),
      ),
    ];
    return problemIf(isAwsManagedKey(encryption) && sources.length > 0, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('queue', 'encryption'),
      given: `${describeValue(encryption)} behind ${sources.join(', ')}`,
      allowed: `${Encryption.managed}, ${Encryption.ownKey} or a key of your own: AWS's key lets no service send, and their messages would be lost`,
      advice: `use ${Encryption.ownKey}, or \`topic: false\` and no such events`,
    });
  },
};
