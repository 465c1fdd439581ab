import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { expect, it } from '@jest/globals';
import { checkStackState } from '../../../src/features/stack/stack';

const check = (answer: () => Promise<object>) =>
  checkStackState({
    client: { send: answer } as unknown as CloudFormationClient,
    stackName: 'tiles-dev',
    region: 'us-east-1',
  });
const checkStatus = (StackStatus: string) => check(() => Promise.resolve({ Stacks: [{ StackStatus }] }));

it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'])(
  'deploys to a stack in %s',
  async (status) => {
    await expect(checkStatus(status)).resolves.toBeUndefined();
  },
);

it('deploys where there is no stack', async () => {
  const missing = Object.assign(new Error('Stack with id tiles-dev does not exist'), {
    name: 'ValidationError',
  });
  await expect(check(() => Promise.reject(missing))).resolves.toBeUndefined();
});

it.each([
  ['ROLLBACK_COMPLETE', 'remove the stack with `sls remove`, then deploy again'],
  ['DELETE_FAILED', 'remove the stack with `sls remove`, then deploy again'],
  [
    'UPDATE_ROLLBACK_FAILED',
    'aws cloudformation continue-update-rollback --stack-name tiles-dev --region us-east-1',
  ],
  ['UPDATE_IN_PROGRESS', 'wait until the deploy or removal that is under way has ended'],
])('says what to do with a stack in %s', async (status, advice) => {
  const error = await checkStatus(status).catch((thrown: unknown) => thrown as Error);
  const message = (error as Error).message;
  expect(message).toContain(`WATCHBOT_STACK_STATE at stack tiles-dev\n  given:   ${status}`);
  expect(message).toContain(advice);
  expect(message).toContain('nothing was built, pushed or changed');
});
