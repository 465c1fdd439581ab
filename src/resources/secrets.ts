import type { Secret, TextOrIntrinsic } from '../config/configuration';
import { sub } from './cloudformation';
import { isArn } from './derived';

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
