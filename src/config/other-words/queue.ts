import { isMap } from '../../shared/json';
import { as, both, each, inside, number, put, remove, say, type Convert, type Words } from './answer';

/** Words of SQS, CloudFormation, Copilot and Watchbot for a queue. */

/** What counts retries, where we count receives: the first attempt is one too. */
const retries: Convert = (value) => {
  const count = number(value);
  return count === undefined ? say('give `queue: {maxReceives: …}`') : put('queue.maxReceives', count + 1);
};

export const deadLetter: Convert = (value) => {
  if (typeof value === 'boolean') return value ? say(IS_ON) : put('queue.deadLetter', false);
  if (!isMap(value)) return put('queue.deadLetter', value);
  const given = (names: readonly string[]) =>
    names.map((name) => value[name]).find((some) => some !== undefined);
  const times = given(['maxReceiveCount', 'tries']);
  const arn = given(['deadLetterTargetArn', 'targetArn', 'arn', 'queue']);
  const answers = [
    ...(times === undefined ? [] : [put('queue.maxReceives', times)]),
    ...(arn === undefined ? [] : [put('queue.deadLetter', arn)]),
  ];
  return answers.length === 0 ? say('give its ARN as `queue: {deadLetter: ARN}`') : both(...answers);
};
export const IS_ON = 'remove it: it is on';

/** SQS's own properties of a queue for which there is no key. */
const ofSqs = (property: string): Convert => as(`extensions.queue.${property}`);
export const fifo: Convert = (value) =>
  isMap(value)
    ? both(
        put('queue.fifo', true),
        inside({ ...DEDUPLICATION, contentBasedDeduplication: () => say(IS_ON) })(value),
      )
    : put('queue.fifo', value);
const DEDUPLICATION: Words = {
  highThroughput: (isOn) =>
    isOn === false
      ? say(IS_OFF)
      : both(
          put('extensions.queue.DeduplicationScope', 'messageGroup'),
          put('extensions.queue.FifoThroughputLimit', 'perMessageGroupId'),
        ),
  deduplicationScope: ofSqs('DeduplicationScope'),
  fifoThroughputLimit: ofSqs('FifoThroughputLimit'),
  throughputLimit: ofSqs('FifoThroughputLimit'),
};
export const IS_OFF = 'remove it: it is off';

export const OF_QUEUE: Words = {
  ...each(['retries', 'maximumRetryAttempts', 'maxRetryAttempts'], retries),
  ...each(
    [
      'maxReceiveCount',
      'receiveCount',
      'maxRetries',
      'maxAttempts',
      'attempts',
      'tries',
      'deadLetterThreshold',
    ],
    as('queue.maxReceives'),
  ),
  ...each(
    [
      'dlq',
      'deadLetterQueue',
      'deadLetter',
      'deadLetterConfig',
      'onError',
      'redrivePolicy',
      'dlqArn',
      'deadLetterTargetArn',
      'deadLetterQueueArn',
    ],
    deadLetter,
  ),
  ...each(['fifo', 'fifoQueue', 'isFifo'], fifo),
  ...each(['visibilityTimeout', 'visibilityTimeoutSeconds', 'messageTimeout'], as('queue.visibilityTimeout')),
  ...each(
    [
      'messageRetention',
      'messageRetentionPeriod',
      'messageRetentionSeconds',
      'retentionPeriod',
      'maximumEventAge',
    ],
    as('queue.retention'),
  ),
  ...each(['delaySeconds', 'deliveryDelay'], as('queue.delay')),
  ...each(['queueArn', 'eventSourceArn'], as('queue.arn')),
  queueUrl: () => say('give its ARN: `queue: {arn: ARN}`'),
  ...each(['kmsMasterKeyId', 'kmsMasterKey', 'encryptionMasterKey'], as('queue.encryption')),
  sqsManagedSseEnabled: (isOn) => say(isOn === false ? 'remove it: a queue is always encrypted' : IS_ON),
  kmsDataKeyReusePeriodSeconds: ofSqs('KmsDataKeyReusePeriodSeconds'),
  contentBasedDeduplication: (isOn) =>
    isOn === false ? put('extensions.queue.ContentBasedDeduplication', false) : say(IS_ON),
  ...DEDUPLICATION,
  queueName: ofSqs('QueueName'),
  ...each(['maximumMessageSize', 'maxMessageSize', 'maxMessageSizeBytes'], ofSqs('MaximumMessageSize')),
  ...each(
    [
      'receiveMessageWaitTimeSeconds',
      'receiveMessageWaitTime',
      'waitTimeSeconds',
      'waitTime',
      'longPolling',
      'pollInterval',
    ],
    remove('the watcher always waits for messages as long as SQS lets it'),
  ),
  ...each(['redriveAllowPolicy', 'batchItemFailures'], remove('the plugin sees to it')),
};

/** Within `queue` and Copilot's `subscribe.queue`, where short names mean the queue's. */
export const IN_QUEUE: Words = {
  ...OF_QUEUE,
  timeout: as('queue.visibilityTimeout'),
  retention: as('queue.retention'),
  delay: as('queue.delay'),
  name: ofSqs('QueueName'),
  url: OF_QUEUE.queueUrl!,
};
