import { describeValue } from '../../errors/problem';
import { isFifo } from '../queue-kind';
import { problemIf, type WorkerRule } from './rule';
import { sourcesOf } from './sources';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule.html */
export const eventBridgeSources: WorkerRule = {
  reads: ['events'],
  check: (subject) =>
    sourcesOf(subject, 'eventBridge').flatMap(({ place, source }) =>
      problemIf(source.input !== undefined && source.inputPath !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place: place(),
        given: '`input` and `inputPath`',
        allowed: 'one of the two',
      }),
    ),
};

const BUS = /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]{1,256}$/;

/**
 * The bus stands in the ARNs that the queue's policy lets send: a pattern would let in rules of others.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 */
export const eventBuses: WorkerRule = {
  reads: ['events'],
  check: (subject) =>
    sourcesOf(subject, 'eventBridge').flatMap(({ place, source: { eventBus } }) =>
      problemIf(typeof eventBus === 'string' && !BUS.test(eventBus), {
        code: 'WATCHBOT_MALFORMED',
        place: place('eventBus'),
        given: describeValue(eventBus),
        allowed:
          'the name of an event bus (letters, digits, dots, dashes, underscores and slashes), an ARN like arn:aws:events:REGION:ACCOUNT:event-bus/NAME, or a CloudFormation function',
      }),
    ),
};

/** Parts of an event that no other event has: the whole, and its id. */
const DISTINCT_PATHS = ['$', '$.id'];

/**
 * EventBridge gives SQS no deduplication id, and so a FIFO queue goes by the body: of two equal ones within five minutes
 * it would drop the second.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-events-rule-sqsparameters.html
 */
export const distinctEvents: WorkerRule = {
  reads: ['events', 'queue'],
  check: (subject) =>
    sourcesOf(subject, 'eventBridge').flatMap(({ place, source: { input, inputPath } }) => {
      const key = input === undefined ? 'inputPath' : 'input';
      const isDistinct = input === undefined && DISTINCT_PATHS.includes(inputPath ?? '$');
      return problemIf(isFifo(subject.worker.queue) && !isDistinct, {
        code: 'WATCHBOT_CONTRADICTION',
        place: place(key),
        given: `\`${key}\` with a FIFO queue, which drops the second of two equal messages within five minutes`,
        allowed: 'the whole event, which has an id of its own',
        advice: `remove \`${key}\` and take what is needed from the event, or remove \`queue.fifo\``,
      });
    }),
};
