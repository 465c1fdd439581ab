import type { Configuration, TextOrIntrinsic } from '../config/configuration';
import { getAtt, type TemplateResource } from './cloudformation';
import { arnFrom } from './derived';

/**
 * What accounts ask of every role, on every role that the plugin makes, as the framework has it on its own: a permissions
 * boundary, a path, and tags. Where nobody may make a role without a boundary, nobody may make a user without one.
 */
export function governed<T extends TemplateResource>(body: T, { context: { roles } }: Configuration): T {
  const isRole = body.Type === 'AWS::IAM::Role';
  if (!isRole && body.Type !== 'AWS::IAM::User') return body;
  const tags = Object.entries(isRole ? roles.tags : {}).map(([Key, Value]) => ({ Key, Value }));
  return {
    ...body,
    Properties: {
      ...body.Properties,
      ...(isRole && roles.path !== undefined && { Path: roles.path }),
      ...(roles.permissionsBoundary !== undefined && { PermissionsBoundary: roles.permissionsBoundary }),
      ...(tags.length > 0 && { Tags: tags }),
    },
  };
}

/**
 * The ARN of a role that exists, or of the one that the plugin makes.
 * @param id the logical id of the latter
 */
export function roleArn(existing: TextOrIntrinsic | undefined, id: string): TextOrIntrinsic {
  if (existing === undefined) return getAtt(id, 'Arn');
  // `Ref` of a role gives its name, and that of a parameter may give an ARN.
  return typeof existing !== 'string' && 'Ref' in existing
    ? arnFrom(existing, 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Name}')
    : existing;
}
