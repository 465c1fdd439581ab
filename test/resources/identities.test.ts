import { describe, expect, it } from '@jest/globals';
import type { ServiceContext } from '../../src/config/configuration';
import { roleSettingsIn } from '../../src/plugin/configuration';
import type { TemplateResource } from '../../src/resources/cloudformation';
import { SECTIONS, TAGGED } from './sections';
import { build, single } from './support';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/boundary';
const byFunction = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/boundary' };

const withRole = (role: unknown): Partial<ServiceContext> => ({ roles: roleSettingsIn({ iam: { role } }) });

/** What every section makes of a type. */
const made = (type: string, context: Partial<ServiceContext>): TemplateResource[] =>
  Object.values(SECTIONS)
    .flatMap((section) => Object.values(build({ command: 'true', ...section }, context).Resources))
    .filter(({ Type }) => Type === type);

describe('every role of every section', () => {
  it('has the boundary, the path and the tags that provider.iam.role has', () => {
    const tags = { owner: 'maps', stack: { Ref: 'AWS::StackName' } };
    const roles = made(
      'AWS::IAM::Role',
      withRole({ permissionsBoundary: byFunction, path: '/maps/', tags, statements: [] }),
    );
    expect(roles.length).toBeGreaterThan(50);
    for (const { Properties } of roles) {
      expect(Properties).toMatchObject({
        PermissionsBoundary: byFunction,
        Path: '/maps/',
        Tags: [
          { Key: 'owner', Value: 'maps' },
          { Key: 'stack', Value: { Ref: 'AWS::StackName' } },
        ],
      });
      expect(Properties).not.toHaveProperty('RoleName');
    }
  });

  it('has the tags of provider.tags, too, and its own where both have one', () => {
    const context = { ...TAGGED, ...withRole({ tags: { team: 'security' } }) };
    const expected = [
      { Key: 'team', Value: 'security' },
      { Key: 'cost-center', Value: '42' },
    ];
    for (const { Properties } of made('AWS::IAM::Role', context)) expect(Properties?.Tags).toEqual(expected);
  });

  it('has none of it if the provider says nothing', () => {
    for (const { Properties } of made('AWS::IAM::Role', {})) {
      expect(Object.keys(Properties ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(Path|PermissionsBoundary|Tags)$/)]),
      );
    }
  });
});

it('gives the boundary to the user of senders as well, but no path and no tags of roles', () => {
  const users = made(
    'AWS::IAM::User',
    withRole({ permissionsBoundary: BOUNDARY, path: '/maps/', tags: { a: 'b' } }),
  );
  expect(users.length).toBeGreaterThan(1);
  for (const { Properties } of users) {
    expect(Properties).toMatchObject({ PermissionsBoundary: BOUNDARY });
    expect(Object.keys(Properties ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(Path|Tags)$/)]),
    );
  }
});

it('leaves the last word to extensions', () => {
  const extensions = {
    taskRole: { PermissionsBoundary: 'arn:aws:iam::123456789012:policy/other', Path: '/' },
  };
  const { of } = single({ extensions }, withRole({ permissionsBoundary: BOUNDARY, path: '/maps/' }));
  expect(of('taskRole')).toMatchObject(extensions.taskRole);
  expect(of('executionRole')).toMatchObject({ PermissionsBoundary: BOUNDARY, Path: '/maps/' });
});

describe('the settings are read', () => {
  const none = { permissionsBoundary: undefined, path: undefined, tags: {} };

  it.each([
    ['permissionsBoundary', { iam: { role: { permissionsBoundary: BOUNDARY } } }],
    ['the framework’s other spelling', { iam: { role: { permissionBoundary: BOUNDARY } } }],
    ['the older form', { rolePermissionsBoundary: BOUNDARY }],
    [
      'the older form beside a role that exists',
      { iam: { role: BOUNDARY }, rolePermissionsBoundary: BOUNDARY },
    ],
    [
      'the newer of two forms',
      {
        iam: { role: { permissionsBoundary: BOUNDARY } },
        rolePermissionsBoundary: 'arn:aws:iam::aws:policy/a',
      },
    ],
  ])('from %s', (_, provider) => {
    expect(roleSettingsIn(provider)).toEqual({ ...none, permissionsBoundary: BOUNDARY });
  });

  it.each([
    ['nothing', {}],
    ['an empty section', { iam: {} }],
    ['nothing in the section', { iam: { role: null } }],
    ['empty keys', { iam: { role: { permissionsBoundary: null, path: null, tags: null } } }],
    ['a role that exists', { iam: { role: 'arn:aws:iam::123456789012:role/all' } }],
    ['a role that a function gives', { iam: { role: { 'Fn::ImportValue': 'role' } } }],
  ])('from %s as none', (_, provider) => {
    expect(roleSettingsIn(provider)).toEqual(none);
  });

  it('with tags as texts', () => {
    expect(roleSettingsIn({ iam: { role: { tags: { centre: 42, none: null } } } }).tags).toEqual({
      centre: '42',
    });
  });
});
