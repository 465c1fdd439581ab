import { describe, expect, it } from '@jest/globals';
import { SqsError } from '../../../../src/watcher/queue/sqs/sqs-error';

const told = (status: number, body: string) => {
  const { name, message, isPassing } = new SqsError(status, body);
  return [name, message, isPassing];
};

describe('a refusal of SQS', () => {
  it.each([
    [
      400,
      '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}',
      'QueueDoesNotExist',
      'gone',
      false,
    ],
    [403, '{"__type":"AccessDeniedException","Message":"no"}', 'AccessDeniedException', 'no', false],
    [
      400,
      '{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slow"}',
      'RequestThrottled',
      'slow',
      true,
    ],
    [400, '{"__type":"com.amazonaws.sqs#KmsThrottled"}', 'KmsThrottled', 'HTTP status 400', true],
    [400, '{"__type":"com.amazonaws.sqs#OverLimit"}', 'OverLimit', 'HTTP status 400', false],
    [400, '{"__type":"ThrottlingException"}', 'ThrottlingException', 'HTTP status 400', true],
    [429, '', 'SqsError', 'HTTP status 429', true],
    [500, '{"__type":"InternalFailure","message":""}', 'InternalFailure', 'HTTP status 500', true],
    [503, '<html>Service Unavailable</html>', 'SqsError', 'HTTP status 503', true],
    [400, 'null', 'SqsError', 'HTTP status 400', false],
    [400, '{"__type":7,"message":{"a":1}}', 'SqsError', 'HTTP status 400', false],
  ])('of status %d, %s', (status, body, ...expected) => {
    expect(told(status, body)).toEqual(expected);
  });
});
