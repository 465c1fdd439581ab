import { describeValue, type Problem } from '../../errors/problem';
import { isFifo } from '../queue-kind';
import { problemIf, type WorkerRule } from './rule';
import { expressionProblems, timezoneProblems } from './schedules';
import { sourcesOf } from './sources';

const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/;

export const topicSources: WorkerRule = {
  reads: ['events', 'queue'],
  check: (subject) => {
    const sources = sourcesOf(subject, 'sns');
    const first = (arn: unknown) =>
      sources.findIndex(({ source }) => JSON.stringify(source.arn) === JSON.stringify(arn));
    return sources.flatMap(({ place, source: { arn } }, index) => {
      if (typeof arn === 'string' && !TOPIC_ARN.test(arn)) return [malformedTopic(place('arn'), arn)];
      return [
        // https://docs.aws.amazon.com/sns/latest/dg/fifo-topic-message-delivery.html
        ...problemIf(isFifo(subject.worker.queue) && typeof arn === 'string' && !arn.endsWith('.fifo'), {
          code: 'WATCHBOT_CONTRADICTION',
          place: place('arn'),
          given: 'a standard topic for a FIFO queue',
          allowed: 'a FIFO topic, whose name ends with .fifo',
          advice: 'remove `queue.fifo`, or subscribe to a FIFO topic',
        }),
        ...problemIf(first(arn) !== index, {
          code: 'WATCHBOT_CONTRADICTION',
          place: place('arn'),
          given: `${describeValue(arn)} for the second time`,
          allowed: 'a topic once: SNS keeps one subscription of a queue',
          advice: 'join the two filters in one entry',
        }),
      ];
    });
  },
};

function malformedTopic(place: string, arn: string): Problem {
  return {
    code: 'WATCHBOT_MALFORMED',
    place,
    given: describeValue(arn),
    allowed: 'an ARN like arn:aws:sns:REGION:ACCOUNT:NAME, or a CloudFormation function',
  };
}

export const scheduleExpressions: WorkerRule = {
  reads: ['events'],
  check: (subject) =>
    sourcesOf(subject, 'schedule').flatMap(({ place, source: { rate } }) =>
      expressionProblems(place('rate'), rate),
    ),
};

export const scheduleTimezones: WorkerRule = {
  reads: ['events'],
  check: (subject) =>
    sourcesOf(subject, 'schedule').flatMap(({ place, source: { timezone } }) =>
      timezoneProblems(place('timezone'), timezone),
    ),
};

export const oneWebhook: WorkerRule = {
  reads: ['events'],
  check: ({ worker, at }) =>
    worker.events
      .map((event, index) => ({ event, index }))
      .filter(({ event }) => event.webhook !== undefined)
      .slice(1)
      .map(({ index }) => ({
        code: 'WATCHBOT_CONTRADICTION',
        place: at('events', String(index), 'webhook'),
        given: 'a second webhook',
        allowed: 'one webhook for a worker',
        advice: 'remove one of the two',
      })),
};

/** Sources that say the message group; SNS passes that of its own message on, and S3 itself knows no FIFO queue. */
const GROUPED = ['eventBridge', 'schedule', 's3', 'webhook'] as const;

export const messageGroups: WorkerRule = {
  reads: ['events', 'queue'],
  check: (subject) => {
    const { worker, at } = subject;
    const fifo = isFifo(worker.queue);
    return worker.events.flatMap((event, index): Problem[] => {
      const kind = GROUPED.find((candidate) => event[candidate] !== undefined);
      if (kind === undefined) return [];
      const source = event[kind];
      const place = at('events', String(index), kind);
      const { messageGroupId, existing } = (typeof source === 'string' ? {} : source) as {
        messageGroupId?: string;
        existing?: boolean;
      };
      if (fifo && kind === 's3' && existing !== true) return [noFifoForS3(place)];
      if (fifo === (messageGroupId !== undefined)) return [];
      return [groupProblem(place, fifo, typeof source === 'string')];
    });
  },
};

function noFifoForS3(place: string): Problem {
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: 'a bucket that sends to a FIFO queue',
    allowed: 'a standard queue: S3 sends to no other',
    advice: 'set `existing: true` with a bucket that sends to EventBridge, or remove `queue.fifo`',
  };
}

function groupProblem(place: string, fifo: boolean, isText: boolean): Problem {
  const add = isText ? 'write it as {rate, messageGroupId}' : 'add `messageGroupId`';
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: fifo ? 'a FIFO queue without `messageGroupId`' : '`messageGroupId` with a standard queue',
    allowed: '`messageGroupId` with a FIFO queue, and only there',
    advice: fifo ? add : 'remove it, or set `queue.fifo: true`',
  };
}
