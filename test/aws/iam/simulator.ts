import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate';

/** What a service says of a call, beside who calls what. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export interface Document {
  Version: string;
  Statement: Record<string, unknown>[];
}

export interface Policy {
  PolicyName: string;
  PolicyDocument: Document;
}

/** One call of AWS's, as IAM sees it. */
export interface Request {
  /** An ARN, the name of a service, or `anybody`, whom AWS does not know. */
  by: string;
  /** What whoever calls may do. */
  identity: readonly Policy[];
  action: string;
  on: string;
  accountId: string;
  /** What the resource says itself. */
  resourcePolicy: Document | undefined;
  context: Context;
}

/**
 * Whether AWS would let a call through, by its own rules of evaluation.
 * @throws where the request is none that AWS could get: an action, a resource or a context key that it does not know there
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
