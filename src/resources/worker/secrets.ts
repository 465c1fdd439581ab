import type { Secret, TextOrIntrinsic } from '../../config/configuration';
import { arn, sub, type Statement } from '../cloudformation';

/** What the task definition is told: the name or ARN, as it was given. */
export function secretValueFrom(secret: Secret): TextOrIntrinsic {
  return 'ssm' in secret ? secret.ssm : secret.secretsManager;
}

/** Leave to read just these secrets. */
export function secretStatements(secrets: Readonly<Record<string, Secret>>): Statement[] {
  const all = Object.keys(secrets)
    .sort()
    .map((name) => secrets[name]!);
  return [
    ...statement(
      'ReadParameters',
      'ssm:GetParameters',
      all.flatMap((secret) => ('ssm' in secret ? [parameterArn(secret.ssm)] : [])),
    ),
    ...statement(
      'ReadSecrets',
      'secretsmanager:GetSecretValue',
      all.flatMap((secret) => ('secretsManager' in secret ? [secretArn(secret.secretsManager)] : [])),
    ),
  ];
}

function statement(Sid: string, Action: string, Resource: readonly TextOrIntrinsic[]): Statement[] {
  return Resource.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource }];
}

/** A parameter is named by its ARN or, in the task's own region, by its name, with or without the first slash. */
function parameterArn(parameter: TextOrIntrinsic): TextOrIntrinsic {
  if (typeof parameter !== 'string') {
    const withSlashes = sub('arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${Name}', {
      Name: parameter,
    });
    // Whether the name begins with a slash is known to CloudFormation only: of two slashes it makes one.
    return { 'Fn::Join': ['/', { 'Fn::Split': ['//', withSlashes] }] };
  }
  if (parameter.startsWith('arn:')) return parameter;
  return arn('ssm', `parameter/${parameter.replace(/^\//, '')}`);
}

const ARN_PARTS = 7;
/** Secrets Manager adds a dash and six characters to a secret's name. */
const COMPLETE_SECRET_ARN = /-[A-Za-z0-9]{6}$/;

/** Behind the secret's own ARN may stand a JSON key, a version stage and a version id, which permissions do not know. */
function secretArn(secret: TextOrIntrinsic): TextOrIntrinsic {
  if (typeof secret !== 'string') return secret;
  const base = secret.split(':').slice(0, ARN_PARTS).join(':');
  return COMPLETE_SECRET_ARN.test(base) ? base : `${base}-??????`;
}
