import { SQS } from '../../config/limits';
import type { Problem } from '../../errors/problem';
import type { WorkerAddress } from '../stack/workers';

/** A message as a user gives it. */
export interface OutgoingMessage {
  body: string;
  subject?: string | undefined;
  /** Message group, which a FIFO queue needs. */
  groupId?: string | undefined;
  /** FIFO: two messages with the same one within five minutes are one. Default: a hash of the body. */
  deduplicationId?: string | undefined;
  attributes?: Readonly<Record<string, MessageAttribute>> | undefined;
  /** Only if it goes straight to a queue, and not to a FIFO queue. */
  delaySeconds?: number | undefined;
}

export interface MessageAttribute {
  type: 'String' | 'Number';
  value: string;
}

/** Where messages go, and what it takes: a topic has subjects and a queue has none; each has its largest message. */
export interface Channel {
  to: 'topic' | 'queue';
  isFifo: boolean;
  /** Of one message, and of a batch of them together. */
  maxBytes: number;
  /** Whoever sends cannot choose the queue rather than the topic. */
  isOnlyWay?: boolean;
}

export function channelTo(address: WorkerAddress, isToQueue: boolean): Channel {
  const { isFifo, topicName, maxTopicBytes, maxQueueBytes } = address;
  return isToQueue || topicName === undefined
    ? { to: 'queue', isFifo, maxBytes: maxQueueBytes }
    : { to: 'topic', isFifo, maxBytes: maxTopicBytes };
}

/** SQS and SNS take the attributes of a message in the same form. */
export function attributeValues(attributes: OutgoingMessage['attributes']) {
  if (attributes === undefined || Object.keys(attributes).length === 0) return undefined;
  const entries = Object.entries(attributes).map(([name, { type, value }]) => [
    name,
    { DataType: type, StringValue: value },
  ]);
  return Object.fromEntries(entries) as Record<string, { DataType: string; StringValue: string }>;
}

/** As AWS counts: the body, and of each attribute its name, type and value. */
export function messageBytes({ body, attributes = {} }: OutgoingMessage): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, { type, value }]) => bytes + Buffer.byteLength(name + type + value),
    Buffer.byteLength(body),
  );
}

type FoundProblem = Omit<Problem, 'code'>;
type Check = (message: OutgoingMessage, channel: Channel) => FoundProblem[];

/** All that AWS would refuse or change about the message. */
export function messageProblems(message: OutgoingMessage, channel: Channel): Problem[] {
  const found = CHECKS.flatMap((check) => check(message, channel));
  return found.map((problem) => ({ code: 'WATCHBOT_SEND', ...problem }));
}

const CHECKS: readonly Check[] = [
  checkBody,
  checkSize,
  checkGroup,
  checkDeduplication,
  checkSubject,
  checkAttributes,
];

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: others become U+FFFD. */
const UNTAKEN =
  // eslint-disable-next-line no-control-regex -- finding them is the point
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function checkBody({ body }: OutgoingMessage): FoundProblem[] {
  if (body === '')
    return [{ place: 'message', given: 'an empty message', allowed: 'at least one character' }];
  const [found] = UNTAKEN.exec(body) ?? [];
  if (found === undefined) return [];
  const point = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return [
    {
      place: 'message',
      given: `the character U+${point}`,
      allowed: 'text that SQS keeps as it is: no control characters but tab and line ends',
      advice: 'encode it, as Base64 or with an escape of JSON',
    },
  ];
}

function checkSize(message: OutgoingMessage, { maxBytes, to, isOnlyWay = false }: Channel): FoundProblem[] {
  const bytes = messageBytes(message);
  if (bytes <= maxBytes) return [];
  const advice =
    to === 'topic' && !isOnlyWay
      ? 'put it into a bucket and send its name; or send straight to the queue, which takes 1 MiB: --queue'
      : 'put it into a bucket and send its name';
  const allowed = `at most ${maxBytes} bytes, which is what the ${to} takes`;
  return [{ place: 'message', given: `${bytes} bytes, attributes included`, allowed, advice }];
}

function checkGroup({ groupId }: OutgoingMessage, { isFifo }: Channel): FoundProblem[] {
  if (groupId !== undefined) return checkFifoId('--group', groupId);
  if (!isFifo) return [];
  return [{ place: '--group', given: 'none', allowed: 'a message group, since the queue is FIFO' }];
}

function checkDeduplication({ deduplicationId }: OutgoingMessage, { isFifo }: Channel): FoundProblem[] {
  if (deduplicationId === undefined) return [];
  if (isFifo) return checkFifoId('--dedup', deduplicationId);
  const allowed = 'none: the queue is not FIFO, and takes every message';
  return [{ place: '--dedup', given: deduplicationId, allowed }];
}

const FIFO_ID = /^[\x21-\x7e]{1,128}$/;

function checkFifoId(place: string, id: string): FoundProblem[] {
  if (FIFO_ID.test(id)) return [];
  return [{ place, given: JSON.stringify(id), allowed: '1 to 128 letters, digits and punctuation marks' }];
}

const MAX_SUBJECT_CHARACTERS = 100;

function checkSubject({ subject }: OutgoingMessage, { to }: Channel): FoundProblem[] {
  if (subject === undefined) return [];
  if (to === 'queue') {
    const allowed = 'no subject: messages go straight to the queue, which has none';
    return [{ place: '--subject', given: subject, allowed }];
  }
  if (subject !== '' && subject.length <= MAX_SUBJECT_CHARACTERS && !/\p{Cc}/u.test(subject)) return [];
  const allowed = `1 to ${MAX_SUBJECT_CHARACTERS} characters, without line ends or controls`;
  return [{ place: '--subject', given: JSON.stringify(subject), allowed }];
}

function checkAttributes({ attributes = {} }: OutgoingMessage): FoundProblem[] {
  const entries = Object.entries(attributes);
  const allowed = `at most ${SQS.maxAttributes}`;
  return [
    ...(entries.length > SQS.maxAttributes
      ? [{ place: '--attribute', given: `${entries.length} attributes`, allowed }]
      : []),
    ...entries.flatMap(([name, attribute]) => checkAttribute(name, attribute)),
  ];
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const ATTRIBUTE_NAME = /^(?!\.|aws\.|amazon\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function checkAttribute(name: string, { type, value }: MessageAttribute): FoundProblem[] {
  const place = `--attribute ${name}`;
  const problems: FoundProblem[] = [];
  if (!ATTRIBUTE_NAME.test(name)) {
    const allowed = 'letters, digits, `_`, `-` and single dots within it; not `aws.` or `amazon.` first';
    problems.push({ place, given: JSON.stringify(name), allowed });
  }
  if (value === '' || UNTAKEN.test(value)) {
    problems.push({ place, given: JSON.stringify(value), allowed: 'text without control characters' });
  } else if (type === 'Number' && !NUMBER.test(value)) {
    problems.push({ place, given: JSON.stringify(value), allowed: 'a number, since its type is Number' });
  }
  return problems;
}
