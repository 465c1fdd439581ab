import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';

/** Condition keys that AWS adds to a call. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export interface Document {
  Version: string;
  Statement: Record<string, unknown>[];
}

export interface Policy {
  PolicyName: string;
  PolicyDocument: Document;
}

/** One call to AWS, as IAM sees it. */
export interface Request {
  /** An ARN, the name of a service, or `anybody` for a caller without credentials. */
  by: string;
  /** Policies of the caller. */
  identity: readonly Policy[];
  action: string;
  on: string;
  accountId: string;
  /** Policy of the resource. */
  resourcePolicy: Document | undefined;
  context: Context;
}

/**
 * Whether AWS would allow a call, by its rules of evaluation.
 * @throws if AWS could not get such a request, because it has no such action, resource or context key there
 */
export async function isAllowed(request: Request): Promise<boolean> {
  const { by, identity, action, on, accountId, resourcePolicy, context } = request;
  const answer = await runSimulation(
    {
      request: {
        principal: by === 'anybody' ? anonymousPrincipal : by,
        action,
        resource: { resource: on, accountId },
        contextVariables: Object.fromEntries(
          Object.entries(context).map(([key, value]) => [
            key,
            typeof value === 'string' ? value : [...value],
          ]),
        ),
      },
      identityPolicies: identity.map(({ PolicyName, PolicyDocument }) => ({
        name: PolicyName,
        policy: PolicyDocument,
      })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
    },
    { simulationMode: 'Strict' },
  );
  const what = `${by} ${action} ${on}`;
  if (answer.resultType === 'error') throw new Error(`${what}: ${JSON.stringify(answer.errors)}`);
  if (answer.resultType === 'single') {
    const ignored = answer.result.ignoredContextKeys ?? [];
    if (ignored.length > 0) throw new Error(`${what}: AWS does not say ${ignored.join(', ')} there`);
  }
  return answer.overallResult === 'Allowed';
}
