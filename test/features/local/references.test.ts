import { expect, it } from '@jest/globals';
import { localReferences } from '../../../src/features/local/references';
import { parse } from '../../config/support';

const scope = {
  ref: (id: string) =>
    ({ RenderQueue: 'http://127.0.0.1:1/0/render', RenderTopic: 'arn:topic', 'AWS::Region': 'us-east-1' })[
      id
    ],
  attribute: () => undefined,
};

it('says what ${watchbot:…} is in the emulator, and leaves out what is not known', () => {
  const configuration = parse({
    workers: {
      render: { command: 'true' },
      existing: {
        command: 'true',
        queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' },
        topic: 'arn:aws:sns:us-east-1:123456789012:jobs',
      },
    },
  });
  const made = [
    {
      name: 'render',
      queueUrl: 'http://127.0.0.1:1/0/render',
      deadLetterQueueUrl: 'http://127.0.0.1:1/0/dead',
    },
    {
      name: 'existing',
      queueUrl: 'http://127.0.0.1:1/0/jobs',
      deadLetterQueueUrl: undefined,
      topicArn: 'arn:aws:sns:us-east-1:000000000000:jobs',
    },
  ];
  expect(localReferences(configuration, { scope }, made)).toEqual({
    render: {
      queueUrl: 'http://127.0.0.1:1/0/render',
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:render',
      topicArn: 'arn:topic',
      deadLetterQueueUrl: 'http://127.0.0.1:1/0/dead',
      deadLetterQueueArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
    },
    existing: expect.objectContaining({
      // Not those in AWS.
      queueUrl: 'http://127.0.0.1:1/0/jobs',
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:jobs',
      topicArn: 'arn:aws:sns:us-east-1:000000000000:jobs',
    }),
  });
});
