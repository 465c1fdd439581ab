import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import { explainAws } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';

export interface StackPlace {
  client: CloudFormationClient;
  stackName: string;
  region: string;
}

/** Undefined where there is none. */
export async function findStack({ client, stackName, region }: StackPlace): Promise<Stack | undefined> {
  const { DescribeStacksCommand } = await import('../../vendor/cloudformation.mjs');
  const call = { action: 'cloudformation:DescribeStacks', region };
  const answer = await explainAws(call, `stack ${stackName}`, () =>
    client.send(new DescribeStacksCommand({ StackName: stackName })).catch(unlessMissing),
  );
  return answer?.Stacks?.[0];
}

function unlessMissing(error: Error): undefined {
  const isMissing = error.name === 'ValidationError' && error.message.includes('does not exist');
  if (!isMissing) throw error;
}

/**
 * Sees that the stack can be deployed to, before anything is built for it.
 * @throws {UserError} `WATCHBOT_STACK_STATE`
 */
export async function checkStackState(place: StackPlace): Promise<void> {
  const stack = await findStack(place);
  const status = stack?.StackStatus;
  const advice = status === undefined ? undefined : adviceFor(status, place);
  if (status === undefined || advice === undefined) return;
  const reason = stack?.StackStatusReason === undefined ? '' : ` (${stack.StackStatusReason})`;
  throw UserError.of({
    code: 'WATCHBOT_STACK_STATE',
    place: `stack ${place.stackName}`,
    given: `${status}${reason}`,
    allowed: 'a stack whose last deploy has ended, or none',
    advice: `${advice}; nothing was built, pushed or changed`,
  });
}

/** Its first deploy failed, or its removal: AWS does nothing with such a stack but remove it. */
const DEAD = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED)$/;
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
const STUCK = /^(UPDATE|IMPORT)_ROLLBACK_FAILED$/;

/** Undefined where it can be deployed to. */
function adviceFor(status: string, { stackName, region }: StackPlace): string | undefined {
  if (DEAD.test(status)) return 'remove the stack with `sls remove`, then deploy again';
  if (STUCK.test(status)) {
    return `run \`aws cloudformation continue-update-rollback --stack-name ${stackName} --region ${region}\`, then deploy again`;
  }
  if (status.endsWith('_IN_PROGRESS')) return 'wait until the deploy or removal that is under way has ended';
  return undefined;
}
