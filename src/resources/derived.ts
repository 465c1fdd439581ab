import { isIntrinsic, type Secret, type TextOrIntrinsic } from '../config/configuration';
import { isMap } from '../shared/json';
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

/** The last part of what a function gives, be that a name without slashes or an ARN with one: of `NAME/NAME`, the second. */
export const nameFrom = (given: TextOrIntrinsic): TextOrIntrinsic =>
  select(1, split('/', sub('${Name}/${Name}', { Name: given })));

/**
 * What ECS is told of a secret: the name or ARN as the user gave it. Of Secrets Manager it takes nothing but ARNs, which need
 * not have the six characters at the end: one is made of a name.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
 */
export function secretValueFrom(secret: Secret): TextOrIntrinsic {
  if ('ssm' in secret) return secret.ssm;
  const given = secret.secretsManager;
  if (isArn(given) !== false) return given;
  return sub('arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Name}', {
    Name: given,
  });
}

/** The ARN of a secret alone: a JSON key, a version stage and a version id may follow it. */
export function secretArnFrom(given: TextOrIntrinsic): TextOrIntrinsic {
  const parts = split(':secret:', given);
  return sub('${Start}:secret:${Name}', {
    Start: select(0, parts),
    Name: select(0, split(':', select(1, parts))),
  });
}

/** Whether text is an ARN, as far as it can be told before CloudFormation works it out; undefined: it cannot be told. */
export function isArn(given: TextOrIntrinsic): boolean | undefined {
  if (typeof given === 'string') return given.startsWith('arn:');
  const [name, argument] = Object.entries(given)[0] ?? [];
  if (name === 'Fn::Sub') return isArnBySub(argument);
  if (name === 'Fn::Join') return isArnByJoin(argument);
  const attribute: unknown = Array.isArray(argument) ? argument.at(-1) : argument;
  if (name === 'Fn::GetAtt') return String(attribute).endsWith('Arn') ? true : undefined;
  return name === 'Ref' ? isArnByReference(String(argument)) : undefined;
}

function isArnBySub(argument: unknown): boolean | undefined {
  const [text, variables] = (Array.isArray(argument) ? argument : [argument]) as [unknown, unknown];
  const [, variable] = /^\$\{([^!}][^}]*)\}/.exec(String(text)) ?? [];
  if (variable === undefined) return String(text).startsWith('arn:');
  const value: unknown = isMap(variables) ? variables[variable] : undefined;
  if (typeof value === 'string' || isIntrinsic(value)) return isArn(value);
  return variable.endsWith('Arn') && variable.includes('.') ? true : isArnByReference(variable);
}

function isArnByJoin(argument: unknown): boolean | undefined {
  const [separator, parts] = (Array.isArray(argument) ? argument : []) as [unknown, unknown];
  const first: unknown = Array.isArray(parts) ? parts[0] : undefined;
  if (typeof first === 'string') return `${first}${String(separator)}`.startsWith('arn:');
  return isIntrinsic(first) ? isArn(first) : undefined;
}

/** AWS's own parameters are known: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
function isArnByReference(name: string): boolean | undefined {
  return name.startsWith('AWS::') ? name === 'AWS::StackId' : undefined;
}
