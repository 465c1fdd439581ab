import { isMap } from '../../shared/json';
import type { CommandRun } from '../command/command';
import { textOption } from '../command/options';
import { chooseWorker } from '../stack/workers';
import type { Statement } from '../../resources/cloudformation';
import { neededRoles, type NeededRole } from '../../resources/needed-roles';
import { plainTexts } from './plain';

/** What is printed of a role. */
interface PrintedRole {
  worker: string;
  key: string;
  /** The ARN that is given; null if the stack makes the role. */
  existing: string | null;
  managedPolicies: unknown;
  trust: unknown;
  policy: { Version: string; Statement: readonly Statement[] };
}

/** `sls watchbot roles` */
export function runRoles({ configuration, options, voice }: CommandRun): Promise<number> {
  const wanted = textOption(options, 'worker');
  const only = wanted === undefined ? undefined : chooseWorker(configuration, wanted).name;
  const plain = plainTexts(configuration);
  const roles = neededRoles(configuration)
    .filter(({ worker }) => only === undefined || worker === only)
    .map((role) => printed(role, plain));
  voice.writeText(options.json === true ? JSON.stringify(roles, null, 2) : roles.map(textOf).join('\n\n'));
  return Promise.resolve(0);
}

function printed(
  { worker, key, existing, body }: NeededRole,
  plain: (value: unknown) => unknown,
): PrintedRole {
  const { AssumeRolePolicyDocument, ManagedPolicyArns, Policies = [] } = body.Properties;
  const statements = (Array.isArray(Policies) ? Policies : []).flatMap(({ PolicyDocument }) =>
    isMap(PolicyDocument) ? (PolicyDocument.Statement as unknown[]) : [],
  );
  // Without what is undefined.
  const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(plain(value)));
  return {
    worker,
    key,
    existing: existing === undefined ? null : (plain(existing) as string),
    managedPolicies: asJson(ManagedPolicyArns ?? []),
    trust: asJson(AssumeRolePolicyDocument),
    policy: { Version: '2012-10-17', Statement: withSidOnce(asJson(statements) as Statement[]) },
  };
}

/** Statements of several policies come into one, in which IAM takes each name once. */
const withSidOnce = (statements: readonly Statement[]): Statement[] =>
  statements.map((statement, index) => {
    const { Sid, ...others } = statement;
    const isTaken = statements.slice(0, index).some((before) => before.Sid === Sid);
    return Sid !== undefined && isTaken ? others : statement;
  });

function textOf({ worker, key, existing, managedPolicies, trust, policy }: PrintedRole): string {
  const policies = managedPolicies as string[];
  return [
    `# ${worker}: ${key}, ${existing ?? 'which the stack makes'}`,
    '# who takes it:',
    JSON.stringify(trust, null, 2),
    // IAM takes no policy without a statement.
    ...(policy.Statement.length === 0 ? [] : ['# what it must allow:', JSON.stringify(policy, null, 2)]),
    ...(policies.length === 0 ? [] : [`# and these policies: ${policies.join(', ')}`]),
  ].join('\n');
}
