import type { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from '@jest/globals';
import { explainAws } from '../../../src/errors/aws-error';
import { moveAll } from '../../../src/features/dead-letters/put-back';
import type { DeadLetterQueue } from '../../../src/features/dead-letters/queue';
import type { NamedCall } from '../../../src/features/stack/target';
import { createFakeClock } from '../../helpers/fake-clock';

/** Moves all, where the server answers each call of a move task with an error. */
function moveWhere(name: string, httpStatusCode: number, message = 'no') {
  const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
  const queue = {
    sqs: { send: () => Promise.reject(error) } as unknown as SQSClient,
    name: 'dead',
    work: { arn: 'arn' },
    explain: ({ action, place }: NamedCall, run: () => Promise<object>) =>
      explainAws({ action, region: 'eu-west-1' }, place, run),
    clock: createFakeClock(),
  } as unknown as DeadLetterQueue;
  const nothing = () => undefined;
  return moveAll(queue, {
    signal: new AbortController().signal,
    isToWorkQueue: true,
    onProgress: nothing,
    onFollow: nothing,
  });
}

it.each([
  ['InvalidAction', 400],
  ['UnsupportedOperation', 400],
  ['AWS.SimpleQueueService.UnsupportedOperation', 400],
  ['UnknownOperationException', 400],
  ['Unknown', 404],
  ['Unknown', 501],
])('leaves it to a replay message by message where the server answers %s (%i)', async (name, status) => {
  await expect(moveWhere(name, status)).resolves.toBeUndefined();
});

it.each([
  ['AccessDenied', 'give whoever deploys permission for sqs:ListMessageMoveTasks'],
  ['InvalidParameterValue', 'see what AWS says of it above'],
])('says that it can be done message by message where SQS refuses a move: %s', async (name, advice) => {
  const error = await moveWhere(name, 400).catch((thrown: unknown) => thrown as Error);
  expect((error as Error).message).toContain(`  do:      ${advice}`);
  expect((error as Error).message).toContain('; or `sls watchbot dead-letter replay --newer-than 365d`');
});
