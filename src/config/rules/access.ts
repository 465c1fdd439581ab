import { RESERVED_VARIABLE_NAMES, WORKER_ONLY_PREFIX } from '../../contract/environment';
import { describeValue, type Problem } from '../../errors/problem';
import { isIntrinsic } from '../configuration';
import type { WorkerRule } from './rule';

/**
 * Prefixes of variables that ECS and the AWS SDKs set in the container, without which the watcher's own calls would fail,
 * and the one under which the container keeps variables for workers.
 */
const RESERVED_PREFIXES = ['ECS_', 'AWS_CONTAINER_CREDENTIALS_', WORKER_ONLY_PREFIX] as const;

const reservedVariables: WorkerRule = {
  reads: ['environment', 'secrets'],
  check: ({ worker, at }) =>
    (['environment', 'secrets'] as const).flatMap((key) =>
      Object.keys(worker[key])
        .filter(isReserved)
        .map((name) => ({
          code: 'WATCHBOT_RESERVED_VARIABLE' as const,
          place: at(key, name),
          given: name,
          allowed: `names other than ${RESERVED_VARIABLE_NAMES.join(', ')} and ${RESERVED_PREFIXES.map((prefix) => `${prefix}…`).join(', ')}`,
          advice: 'choose another name: the watcher and ECS set these themselves',
        })),
    ),
};

function isReserved(name: string): boolean {
  return (
    RESERVED_VARIABLE_NAMES.includes(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}

/** ECS refuses a container that has a name in both. */
const variableOnce: WorkerRule = {
  reads: ['environment', 'secrets'],
  check: ({ worker, at }) =>
    Object.keys(worker.secrets)
      .filter((name) => Object.hasOwn(worker.environment, name))
      .map((name) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: at('secrets', name),
        given: `${name} in \`secrets\` and in \`environment\``,
        allowed: 'a name in one of the two',
        advice: 'remove one of them, or choose another name',
      })),
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html */
const SSM_ARN = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/[^*?$\s]+$/;
const SECRETS_MANAGER_ARN =
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:*?$\s]+(:[^:]*:[^:]*:[^:]*)?$/;
const SSM_NAME = /^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

const secretsHaveArns: WorkerRule = {
  reads: ['secrets'],
  check: ({ given, at }) =>
    Object.entries(given.secrets ?? {}).flatMap(([name, secret]): Problem[] => {
      const problem = secretProblem(secret);
      return problem === undefined ? [] : [{ place: at('secrets', name), ...problem }];
    }),
};

function secretProblem(secret: unknown): Omit<Problem, 'place'> | undefined {
  const { ssm, secretsManager } =
    typeof secret === 'string'
      ? { ssm: secret, secretsManager: secret }
      : (secret as Record<string, unknown>);
  const isSsm = typeof ssm === 'string' && (SSM_ARN.test(ssm) || SSM_NAME.test(ssm));
  const isSecretsManager = typeof secretsManager === 'string' && SECRETS_MANAGER_ARN.test(secretsManager);
  if (isSsm || isSecretsManager || isIntrinsic(ssm) || isIntrinsic(secretsManager)) return undefined;
  return {
    code: 'WATCHBOT_MALFORMED',
    given: describeValue(secret),
    allowed:
      'the name or ARN of an SSM parameter (/tiles/key, arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), or a Secrets Manager ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME)',
  };
}

const POLICY_ARN = /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[^*?$\s]+$/;

const managedPolicyArns: WorkerRule = {
  reads: ['managedPolicies'],
  check: ({ worker, at }) =>
    worker.managedPolicies.flatMap((policy, index): Problem[] =>
      typeof policy !== 'string' || POLICY_ARN.test(policy)
        ? []
        : [
            {
              code: 'WATCHBOT_MALFORMED',
              place: at('managedPolicies', String(index)),
              given: describeValue(policy),
              allowed:
                'an ARN like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, or a CloudFormation function',
            },
          ],
    ),
};

/** IAM refuses a policy in which two statements have one name. */
const statementNamesOnce: WorkerRule = {
  reads: ['permissions'],
  check: ({ worker: { permissions }, at }) =>
    permissions.flatMap(({ Sid }, index): Problem[] => {
      const first = permissions.findIndex((statement) => statement.Sid === Sid);
      if (Sid === undefined || first === index) return [];
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place: at('permissions', String(index), 'Sid'),
          given: `${describeValue(Sid)}, as in ${at('permissions', String(first))}`,
          allowed: 'a name for one statement only',
          advice: 'remove it, or choose another name',
        },
      ];
    }),
};

export const ACCESS_RULES: readonly WorkerRule[] = [
  reservedVariables,
  variableOnce,
  secretsHaveArns,
  managedPolicyArns,
  statementNamesOnce,
];
