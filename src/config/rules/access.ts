import { RESERVED_VARIABLE_NAMES, WORKER_ONLY_PREFIX } from '../../contract/environment';
import { describeValue, type Problem } from '../../errors/problem';
import { isMap } from '../../shared/json';
import { partitionOf } from '../../shared/partition';
import { isIntrinsic, type Configuration, type Worker } from '../configuration';
import { isInS3, parseEnvironmentFile } from '../environment-file';
import { ECS } from '../limits';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/**
 * Prefixes of variables that ECS and the AWS SDKs set in the container, without which the watcher's own calls would fail,
 * and the one under which the container keeps variables for workers.
 */
const RESERVED_PREFIXES = ['ECS_', 'AWS_CONTAINER_CREDENTIALS_', WORKER_ONLY_PREFIX] as const;

const reservedVariables: WorkerRule = {
  reads: ['environment.*', 'secrets.*', 'container.environmentFiles.*'],
  check: (subject) => {
    const { worker, given, at } = subject;
    return (['environment', 'secrets'] as const).flatMap((key) =>
      Object.keys(worker[key])
        .filter(isReserved)
        .map((name) => ({
          code: 'WATCHBOT_RESERVED_VARIABLE' as const,
          place: Object.hasOwn(given[key] ?? {}, name)
            ? at(key, name)
            : (placeInFiles(name, subject) ?? `provider.environment.${name}`),
          given: name,
          allowed: `names other than ${RESERVED_VARIABLE_NAMES.join(', ')} and ${RESERVED_PREFIXES.map((prefix) => `${prefix}…`).join(', ')}`,
          advice: 'choose another name: the watcher and ECS set these themselves',
        })),
    );
  },
};

/** The local file that has the variable. */
function placeInFiles(name: string, { given, configuration, at }: RuleSubject): string | undefined {
  const { environmentFiles: texts } = configuration.context;
  const index = (given.container?.environmentFiles ?? []).findIndex(
    (file) =>
      typeof file === 'string' && Object.hasOwn(parseEnvironmentFile(texts[file] ?? '').variables, name),
  );
  return index === -1 ? undefined : at('container', 'environmentFiles', String(index));
}

const S3_FILE = /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/.*\.env$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html */
const environmentFilesCanBeRead: WorkerRule = {
  reads: ['container.environmentFiles.*'],
  check: ({ worker, given, configuration, at }) => [
    ...problemIf(worker.container.environmentFiles.length > ECS.maxEnvironmentFiles, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('container', 'environmentFiles'),
      given: `${worker.container.environmentFiles.length} files in S3`,
      allowed: `at most ${ECS.maxEnvironmentFiles} of them: ECS takes no more`,
    }),
    ...(given.container?.environmentFiles ?? []).flatMap((file, index) =>
      typeof file === 'string'
        ? fileProblems(file, at('container', 'environmentFiles', String(index)), configuration)
        : [],
    ),
  ],
};

function fileProblems(file: string, place: string, { context }: Configuration): Problem[] {
  const given = describeValue(file);
  if (/^(s3|https?):/i.test(file) || (isInS3(file) && !S3_FILE.test(file))) {
    const [, path = ''] = /^s3:\/\/(.+)$/i.exec(file) ?? [];
    const arn = `arn:${partitionOf(context.region)}:s3:::${path}`;
    const allowed =
      'an ARN like arn:aws:s3:::BUCKET/KEY.env, whose end is `.env`, or the path of a local file';
    return [
      {
        code: 'WATCHBOT_MALFORMED',
        place,
        given,
        allowed,
        ...(path !== '' && { advice: `write \`${arn}\`` }),
      },
    ];
  }
  if (isInS3(file)) return [];
  const text = context.environmentFiles[file];
  if (text === undefined) {
    const allowed = "a file that is there, by its path from the service's folder";
    const advice = 'make it, or leave it out in this stage: `${file(…)}` and `${param:…}` can choose';
    return [{ code: 'WATCHBOT_NOT_ALLOWED', place, given, allowed, advice }];
  }
  return parseEnvironmentFile(text).mistakes.map(({ line, what }) => ({
    code: 'WATCHBOT_MALFORMED',
    place,
    given: `line ${line} of ${file}: ${what}`,
    allowed: 'lines of NAME=value, NAME="value" or # and a comment, each name once',
  }));
}

function isReserved(name: string): boolean {
  return (
    RESERVED_VARIABLE_NAMES.includes(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}

const variableOnce: WorkerRule = {
  reads: ['environment.*', 'secrets.*'],
  check: ({ worker, at }) => namesInBoth(worker, at),
};

/** ECS refuses a container that has a name in both. */
export const namesInBoth = (
  { environment, secrets }: Pick<Worker, 'environment' | 'secrets'>,
  at: (...keys: string[]) => string,
): Problem[] =>
  Object.keys(secrets)
    .filter((name) => Object.hasOwn(environment, name))
    .map((name) => ({
      code: 'WATCHBOT_CONTRADICTION',
      place: at('secrets', name),
      given: `${name} in \`secrets\` and in \`environment\``,
      allowed: 'a name in one of the two',
      advice: 'remove one of them, or choose another name',
    }));

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html */
const SSM_ARN = /^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter\/[^*?$\s]+$/;
const SECRETS_MANAGER_ARN =
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:*?$\s]+(:[^:]*:[^:]*:[^:]*)?$/;
/** A name, alone or with a JSON key, a version stage and a version id behind it. */
const SECRETS_MANAGER_NAME = /^(?!arn:)[A-Za-z0-9/_+=.@-]{1,512}(:[^:]*:[^:]*:[^:]*)?$/;
const SSM_NAME = /^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

const secretsHaveArns: WorkerRule = {
  reads: ['secrets.*'],
  check: ({ given, at }) =>
    Object.entries(given.secrets ?? {}).flatMap(([name, secret]): Problem[] => {
      const problem = secretProblem(secret);
      return problem === undefined ? [] : [{ place: at('secrets', name), ...problem }];
    }),
};

const isLike = (given: unknown, forms: readonly RegExp[]): boolean =>
  isIntrinsic(given) || (typeof given === 'string' && forms.some((form) => form.test(given)));

export function secretProblem(secret: unknown): Omit<Problem, 'place'> | undefined {
  // A text without a key is a parameter's name or ARN, or the ARN of a secret, but not the name of one.
  const { ssm, secretsManager } =
    typeof secret === 'string'
      ? { ssm: secret, secretsManager: SECRETS_MANAGER_NAME.test(secret) ? undefined : secret }
      : (secret as Record<string, unknown>);
  const isParameter = isLike(ssm, [SSM_ARN, SSM_NAME]);
  if (isParameter || isLike(secretsManager, [SECRETS_MANAGER_ARN, SECRETS_MANAGER_NAME])) return undefined;
  return {
    code: 'WATCHBOT_MALFORMED',
    given: describeValue(secret),
    allowed:
      'the name or ARN of an SSM parameter (/tiles/key, arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), or a Secrets Manager ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME); a secret of Secrets Manager by its name is {secretsManager: NAME}',
  };
}

const POLICY_ARN = /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[^*?$\s]+$/;

const managedPolicyArns: WorkerRule = {
  reads: ['managedPolicies.*'],
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
  reads: ['permissions.*'],
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

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[^*?$\s]+$/;
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html */
const LOGICAL_ID = /^[A-Za-z0-9]{1,255}$/;

const ROLE_KEYS = ['role', 'executionRole', 'schedulerRole', 'infrastructureRole'] as const;

const rolesExist: WorkerRule = {
  reads: [...ROLE_KEYS, 'events.*', 'capacity.*'],
  check: ({ given, at }) =>
    [
      ...ROLE_KEYS.map((key) => [at(key), given[key]] as const),
      [at('capacity', 'managed', 'infrastructureRole'), managedOf(given.capacity)] as const,
      ...(given.events ?? []).map(
        ({ webhook }, index) => [at('events', String(index), 'webhook', 'role'), roleOf(webhook)] as const,
      ),
    ].flatMap(([place, role]): Problem[] =>
      role === undefined || isLike(role, [ROLE_ARN, LOGICAL_ID])
        ? []
        : [
            {
              code: 'WATCHBOT_MALFORMED',
              place,
              given: describeValue(role),
              allowed:
                'an ARN like arn:aws:iam::123456789012:role/NAME, the logical id of a role under `resources`, or a CloudFormation function that gives the ARN',
            },
          ],
    ),
};

const managedOf = (capacity: unknown): unknown =>
  isMap(capacity) && isMap(capacity.managed) ? capacity.managed.infrastructureRole : undefined;
const roleOf = (webhook: unknown): unknown => (isMap(webhook) ? webhook.role : undefined);

/** A policy cannot be added to a role that somebody else has made. */
const noPoliciesForExistingRole: WorkerRule = {
  reads: ['role', 'permissions', 'managedPolicies'],
  check: ({ worker, at }) =>
    worker.role === undefined
      ? []
      : (['permissions', 'managedPolicies'] as const)
          .filter((key) => worker[key].length > 0)
          .map((key) => ({
            code: 'WATCHBOT_CONTRADICTION' as const,
            place: at(key),
            given: `\`${key}\` beside \`role\`, which exists and is not changed`,
            allowed: 'one of the two',
            advice: `remove \`${key}\`, and add them to that role where it is made; \`sls watchbot roles\` prints what it must allow besides`,
          })),
};

export const ACCESS_RULES: readonly WorkerRule[] = [
  environmentFilesCanBeRead,
  reservedVariables,
  variableOnce,
  secretsHaveArns,
  managedPolicyArns,
  statementNamesOnce,
  rolesExist,
  noPoliciesForExistingRole,
];
