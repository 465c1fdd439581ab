import type { Configuration } from '../config/configuration';
import type { TemplateResource } from './cloudformation';

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
