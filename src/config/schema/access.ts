import { Type } from '@sinclair/typebox';
import {
  Intrinsic,
  mapOf,
  oneOf,
  plainValue,
  strictObject,
  stringOrIntrinsic,
  textLike,
  variables,
} from './values';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
const ActionName = textLike('^(\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$', 'an action like s3:GetObject');

const StatementSchema = strictObject(
  {
    Effect: Type.Optional(
      oneOf(['Allow', 'Deny'], { default: 'Allow', description: 'Whether it is allowed or denied.' }),
    ),
    Action: Type.Union([ActionName, Type.Array(ActionName, { minItems: 1, uniqueItems: true })], {
      title: 'an action like s3:GetObject, or a list of them',
      description: 'What is allowed or denied.',
    }),
    Resource: Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Array(stringOrIntrinsic(), { minItems: 1, uniqueItems: true }),
        Intrinsic,
      ],
      {
        title: 'an ARN, a CloudFormation function, or a list of them',
        description: 'The resources that the statement is about.',
      },
    ),
    Condition: Type.Optional(mapOf(Type.Unknown(), { description: "As in IAM's own policies." })),
    Sid: Type.Optional(
      textLike('^[A-Za-z0-9]+$', 'letters and digits', { description: 'A name for the statement.' }),
    ),
  },
  {
    hints: {
      NotAction: 'list in `Action` what is allowed, or what is denied with `Effect: Deny`',
      NotResource:
        'list in `Resource` what the statement is about, or take it away by another one with `Effect: Deny`',
    },
  },
);

export const SecretSchema = Type.Union(
  [
    Type.String({ minLength: 1 }),
    strictObject({
      ssm: stringOrIntrinsic({
        description: 'Name or ARN of an SSM parameter.',
      }),
    }),
    strictObject({
      secretsManager: stringOrIntrinsic({
        description:
          'Name or ARN of a Secrets Manager secret, optionally followed by a JSON key, a version stage and a version id: `prod/db:password::`.',
      }),
    }),
  ],
  { title: 'an SSM parameter, a Secrets Manager ARN, {ssm: …} or {secretsManager: …}' },
);

/** A role that is there already: as the framework takes one for a function. */
export const existingRole = (description: string, otherwise: string) =>
  Type.Optional(
    stringOrIntrinsic({
      title: 'the ARN of a role, the logical id of one in the template, or a CloudFormation function',
      description,
      otherwise,
    }),
  );

/** Environment variables of a container. */
export const environmentOf = (description: string) => variables(plainValue(), { description });

export const secretsOf = (description: string) => variables(SecretSchema, { description });

/** What a worker knows and may do, and who may send to it. */
export const access = {
  environment: environmentOf('Environment variables of the worker, by name.'),
  secrets: secretsOf(
    'Environment variables whose values ECS reads from SSM or Secrets Manager when a task starts, by name. A text is the name or ARN of a parameter, or the ARN of a secret. What a KMS key of your own encrypts also needs `kms:Decrypt`, in a policy under `extensions.executionRole.ManagedPolicyArns`.',
  ),
  permissions: Type.Array(StatementSchema, {
    title: 'a list of statements',
    default: [],
    description: 'IAM statements: what the worker may do in AWS, besides taking its messages.',
  }),
  managedPolicies: Type.Array(stringOrIntrinsic(), {
    title: 'a list of ARNs',
    default: [],
    maxItems: 10,
    uniqueItems: true,
    description: 'ARNs of further IAM policies of the worker.',
  }),
  role: existingRole(
    'An existing role for the task role, where accounts let nobody make roles: the watcher and the worker run with it. `sls watchbot roles` prints what it must allow, and who takes it.',
    'one that is made for the worker',
  ),
  executionRole: existingRole(
    'An existing role with which ECS pulls the image, writes the log and reads the secrets.',
    'one that is made for the worker',
  ),
  schedulerRole: existingRole(
    'An existing role for EventBridge Scheduler: for `events` with `schedule`, `scaling.awake`, and `send --delay` beyond 15 minutes.',
    'those that are made for what needs one',
  ),
  infrastructureRole: existingRole(
    'An existing role with which ECS makes the EBS volumes of tasks (`ebs` under `volumes`), and deletes them.',
    'one that is made if it is needed',
  ),
  sender: Type.Boolean({
    default: false,
    description:
      'An IAM user with an access key, for senders outside AWS: it may send messages to this worker and do nothing else. The key is in a secret of Secrets Manager, whose ARN is an output of the stack.',
  }),
};
