import type { Configuration, TextOrIntrinsic } from './configuration';

/** Where an image is pulled from: ECR beside the stack, or the registry that is named. */
export function imageUri(
  { registry }: Pick<Configuration, 'registry'>,
  { repository, tag }: { repository: string; tag: string },
): TextOrIntrinsic {
  const image = `${repository}:${tag}`;
  if (registry !== undefined) return `${registry.name}/${image}`;
  return { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/${image}` };
}
