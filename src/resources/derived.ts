import type { Secret, TextOrIntrinsic } from '../config/configuration';
import { isArn, type OwnResources } from '../config/functions';
import { select, sub } from './cloudformation';

/** What is derived from text that CloudFormation alone knows, by its own functions. */

const split = (separator: string, text: TextOrIntrinsic) => ({ 'Fn::Split': [separator, text] });

/**
 * The ARN that a function gives, or that is made of what it gives: a name, or an id.
 *
 * CloudFormation has no way to ask which of the two it is. But in the text and the ARN made of it, one behind the other,
 * what follows the first `arn:` is the given ARN if it is one, and else the ARN that is made of it.
 * @param own the ARN of a thing of this account and region, with `${Name}` in it
 */
export function arnFrom(given: TextOrIntrinsic, own: string): TextOrIntrinsic {
  const both = sub(`\${Name}${own}`, { Name: given });
  return sub('arn:${Rest}', { Rest: select(1, split('arn:', both)) });
}

/**
 * The name that a function gives, alone or in an ARN: of NAME, the separator and NAME, what follows the first separator.
 * @param separator what stands before the name in an ARN, and in no name
 */
export const nameFrom = (given: TextOrIntrinsic, separator: string): TextOrIntrinsic =>
  select(1, split(separator, sub(`\${Name}${separator}\${Name}`, { Name: given })));

/** `arn:aws:sqs:region:account:name` */
export const ArnPart = { region: 3, account: 4, name: 5 } as const;

/** A part of the ARN that a function gives. */
export const partFrom = (given: TextOrIntrinsic, part: number): TextOrIntrinsic =>
  select(part, split(':', given));

/**
 * What ECS is told of a secret: the name or ARN as the user gave it. Of Secrets Manager it takes nothing but ARNs, which need
 * not have the six characters at the end: one is made of a name.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
 */
export function secretValueFrom(secret: Secret, resources: OwnResources): TextOrIntrinsic {
  if ('ssm' in secret) return secret.ssm;
  const given = secret.secretsManager;
  const own = 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Name}';
  const isWhole = isArn(given, resources);
  if (isWhole === true) return given;
  return isWhole === false ? sub(own, { Name: given }) : arnFrom(given, own);
}

/** The ARN of a secret alone: a JSON key, a version stage and a version id may follow it. */
export function secretArnFrom(given: TextOrIntrinsic): TextOrIntrinsic {
  const parts = split(':secret:', given);
  return sub('${Start}:secret:${Name}', {
    Start: select(0, parts),
    Name: select(0, split(':', select(1, parts))),
  });
}
