import { describeValue, type Problem } from '../../errors/problem';
import { isAwsManagedKey } from '../complete/queue';
import type { Queue, ServiceContext, TextOrIntrinsic } from '../configuration';
import { Encryption } from '../defaults';
import { didYouMean } from '../suggest';
import { malformedTopic, TOPIC_ARN } from './events';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** On a standard queue a message that keeps failing would be retried until it expires, at the cost of all others. */
const deadLetterOnlyOffForFifo: WorkerRule = {
  reads: ['queue.deadLetter', 'queue.fifo', 'queue.arn'],
  check: ({ worker: { queue }, at }) =>
    problemIf(queue.deadLetter === false && !queue.fifo && queue.arn === undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('queue', 'deadLetter'),
      given: 'false with `fifo: false`',
      allowed: '`deadLetter: false` only with `fifo: true`',
      advice: 'remove `deadLetter`, or raise `maxReceives`',
    }),
};

const QUEUE_ARN = /^arn:aws[a-z-]*:sqs:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?$/;
const QUEUE_ARN_FORM = 'an ARN like arn:aws:sqs:REGION:ACCOUNT:NAME, or a CloudFormation function';

const queueArns: WorkerRule = {
  reads: ['queue.*'],
  check: ({ worker: { queue }, configuration: { context }, at }) =>
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
const queueKindsAgree: WorkerRule = {
  reads: ['queue.deadLetter', 'queue.fifo', 'queue.arn'],
  check: ({ worker: { queue }, given, at }) => {
    const { arn, fifo, deadLetter } = queue;
    const suffix = (isIt: boolean) => (isIt ? 'a FIFO queue' : 'a standard queue');
    return [
      ...problemIf(given.queue?.fifo === true && !fifo, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('queue', 'fifo'),
        given: `true, with ${describeValue(arn)}, whose name does not end with .fifo`,
        allowed: 'the kind that the queue is of',
        advice: 'remove `fifo`: it follows from the ARN',
      }),
      ...problemIf(typeof deadLetter === 'string' && deadLetter.endsWith('.fifo') !== fifo, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('queue', 'deadLetter'),
        given: `${suffix(!fifo)} for the dead letters of ${suffix(fifo)}`,
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

/** The plugin changes nothing about an existing queue. */
const existingQueueStays: WorkerRule = {
  reads: ['queue.arn', 'topic', 'events.*'],
  check: (subject) => {
    if (subject.worker.queue.arn === undefined) return [];
    return [...queueSettingProblems(subject), ...senderProblems(subject)];
  },
};

function queueSettingProblems({ worker: { queue }, given, at }: RuleSubject): Problem[] {
  const settings: [string, unknown][] = MADE_WITH.filter((key) => given.queue?.[key] !== undefined).map(
    (key) => [key, queue[key]],
  );
  if (queue.deadLetter === true) settings.push(['deadLetter', true]);
  if (queue.encryption.by === 'madeKey') settings.push(['encryption', Encryption.ownKey]);
  return settings.map(([key, value]) => ({
    code: 'WATCHBOT_CONTRADICTION',
    place: at('queue', key),
    given: `\`${key}: ${String(value)}\` with \`arn\``,
    allowed: `\`${key}\` of a queue that is made here, without \`arn\``,
    advice: 'remove it, or change the queue where it is defined',
  }));
}

/** Permission to send is given by the queue's policy, and CloudFormation would replace the one that the queue has. */
function senderProblems({ worker, given: { events = [] }, at }: RuleSubject): Problem[] {
  const advice = "subscribe the queue where it is defined, so that its policy stays its owner's";
  const sources = events.flatMap((event, index) =>
    (['sns', 'eventBridge', 's3'] as const)
      .filter((kind) => event[kind] !== undefined)
      .map((kind) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: at('events', String(index), kind),
        given: `a source that the policy of the queue must let in`,
        allowed: 'with `queue.arn`: only `schedule` and `webhook` among the events',
        advice,
      })),
  );
  return [
    ...problemIf(worker.topic === true, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('topic'),
      given: `${worker.maxMessageSize === undefined ? 'true' : '{maxMessageSize}'} with \`queue.arn\``,
      allowed: 'with `queue.arn`: the ARN of the topic that the queue is subscribed to, or none',
      advice: `${advice}, and write the topic's ARN here: \`topic: arn:aws:sns:REGION:ACCOUNT:NAME\``,
    }),
    ...sources,
  ];
}

/** SNS gives up on a message that the queue does not take, and nobody hears of it. */
const topicFitsTheQueue: WorkerRule = {
  reads: ['topic', 'queue.arn', 'extensions.queue'],
  check: ({ worker: { maxMessageSize = 0, extensions }, at, show }) => {
    const taken = Number(extensions.queue?.MaximumMessageSize ?? Infinity);
    return problemIf(maxMessageSize > taken, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('topic', 'maxMessageSize'),
      given: show('topic.maxMessageSize', maxMessageSize, 'bytes'),
      allowed: `at most ${show('topic.maxMessageSize', taken, 'bytes')}, which the queue takes by \`MaximumMessageSize\` of \`extensions.queue\``,
      advice: 'lower it, or raise that of the queue',
    });
  },
};

/** Only the owner of a queue can let another topic send to it. */
const existingTopic: WorkerRule = {
  reads: ['queue', 'topic'],
  check: ({ worker: { queue, topic }, configuration: { context }, at }) => {
    if (typeof topic === 'boolean') return [];
    const place = at('topic');
    if (typeof topic === 'string' && !TOPIC_ARN.test(topic)) {
      const problem = malformedTopic(place, topic);
      return [{ ...problem, allowed: `true, false, ${problem.allowed}` }];
    }
    return [
      ...topicWithoutQueue(queue, { place, topic }),
      ...topicKindProblems(queue, topic, { place, context }),
    ];
  },
};

function topicWithoutQueue(
  { arn }: Queue,
  { place, topic }: { place: string; topic: TextOrIntrinsic },
): Problem[] {
  return problemIf(arn === undefined, {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: `${describeValue(topic)} without \`queue.arn\``,
    allowed: 'a topic that is there, only before a queue that is there; or true, or false',
    advice: `to take the messages of that topic, write \`events: [{sns: ${typeof topic === 'string' ? topic : 'ARN'}}]\``,
  });
}

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-delivery.html */
function topicKindProblems(
  { arn, fifo }: Queue,
  topic: TextOrIntrinsic,
  { place, context }: { place: string; context: Pick<ServiceContext, 'region'> },
): Problem[] {
  if (typeof topic !== 'string' || arn === undefined) return [];
  const region = topic.split(':')[3];
  const kind = (isIt: boolean) => (isIt ? 'FIFO' : 'standard');
  return [
    ...problemIf(region !== context.region, {
      code: 'WATCHBOT_CONTRADICTION',
      place,
      given: `a topic in ${region}, with the service in ${context.region}`,
      allowed: 'a topic in the region of the service, where workers publish to it',
    }),
    ...problemIf(topic.endsWith('.fifo') !== fifo, {
      code: 'WATCHBOT_CONTRADICTION',
      place,
      given: `a ${kind(!fifo)} topic before a ${kind(fifo)} queue`,
      allowed:
        'two of the same kind: a standard topic sends to no FIFO queue, and who publishes to a FIFO topic names a message group, which a standard queue does not need',
      advice: 'leave `topic` out, and give workers the ARN by `environment` and `permissions`',
    }),
  ];
}

const KEY =
  /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+|alias\/[A-Za-z0-9/_-]+|(mrk-)?[0-9a-f-]{32,36})$/;

const encryptionIsKnown: WorkerRule = {
  reads: ['queue.encryption'],
  check: ({ worker: { queue }, at }) => {
    const key = givenKey(queue);
    return problemIf(typeof key === 'string' && !KEY.test(key), {
      code: 'WATCHBOT_NOT_ALLOWED',
      place: at('queue', 'encryption'),
      given: describeValue(key),
      allowed: `${Object.values(Encryption).join(', ')}, or a key: arn:aws:kms:REGION:ACCOUNT:key/ID, its id, or alias/NAME`,
      ...encryptionAdvice(key),
    });
  },
};

const givenKey = ({ encryption }: Queue) => (encryption.by === 'givenKey' ? encryption.key : undefined);

/** SQS itself calls the two SSE-SQS and SSE-KMS. */
function encryptionAdvice(given: unknown): Pick<Problem, 'advice'> {
  if (typeof given !== 'string') return {};
  const isKms = /^(sse\W?|aws\W)?kms$/i.test(given);
  const advice = didYouMean(isKms ? Encryption.ownKey : given, Object.values(Encryption));
  return advice === undefined ? {} : { advice };
}

/** Its policy cannot be changed and lets no service in: messages of a topic would vanish without a word. */
const managedKeyHasNoSources: WorkerRule = {
  reads: ['queue.encryption', 'queue.fifo', 'queue.arn', 'topic', 'events.*'],
  check: ({ worker, given: { events = [] }, at }) => {
    const key = givenKey(worker.queue);
    const sources = [
      ...(worker.topic === true ? ['the topic'] : []),
      ...new Set(
        events
          .flatMap((event) => Object.keys(event))
          .filter((kind) => kind !== 'webhook' && kind !== 'schedule'),
      ),
    ];
    return problemIf(isAwsManagedKey(key) && sources.length > 0, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('queue', 'encryption'),
      given: `${describeValue(key)} behind ${sources.join(', ')}`,
      allowed: `${Encryption.managed}, ${Encryption.ownKey} or a key of your own: AWS's key lets no service send, and their messages would be lost`,
      advice: `use ${Encryption.ownKey}, or \`topic: false\` and no such events`,
    });
  },
};

export const QUEUE_RULES: readonly WorkerRule[] = [
  deadLetterOnlyOffForFifo,
  queueArns,
  queueKindsAgree,
  existingQueueStays,
  topicFitsTheQueue,
  existingTopic,
  encryptionIsKnown,
  managedKeyHasNoSources,
];
