import { describe, expect, it } from '@jest/globals';
import { AwsError } from '../../src/aws-json/client';

const told = (status: number, body: string) => {
  const { name, message } = new AwsError(status, body);
  return [name, message];
};

describe('a refusal of SQS', () => {
  it.each([
    [400, '{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}', 'QueueDoesNotExist', 'gone'],
    [403, '{"__type":"AccessDeniedException","Message":"no"}', 'AccessDeniedException', 'no'],
    [400, '{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slow"}', 'RequestThrottled', 'slow'],
    [400, '{"__type":"com.amazonaws.sqs#KmsThrottled"}', 'KmsThrottled', 'HTTP status 400'],
    [400, '{"__type":"com.amazonaws.sqs#OverLimit"}', 'OverLimit', 'HTTP status 400'],
    [400, '{"__type":"ThrottlingException"}', 'ThrottlingException', 'HTTP status 400'],
    [429, '', 'AwsError', 'HTTP status 429'],
    [500, '{"__type":"InternalFailure","message":""}', 'InternalFailure', 'HTTP status 500'],
    [503, '<html>Service Unavailable</html>', 'AwsError', 'HTTP status 503'],
    [400, 'null', 'AwsError', 'HTTP status 400'],
    [400, '{"__type":7,"message":{"a":1}}', 'AwsError', 'HTTP status 400'],
  ])('of status %d, %s', (status, body, ...expected) => {
    expect(told(status, body)).toEqual(expected);
  });
});
