import { expect, it } from '@jest/globals';
import { newRepository } from '../../src/image/registry/ecr-repositories';
import { textsIn } from '../../src/plugin/configuration';

const byFunction = { 'Fn::Sub': '${AWS::StackName}-team' };
const TAGS = textsIn({ team: 'maps', centre: 42, isShared: true, owner: byFunction, none: null });

it('keeps a tag that a function of CloudFormation gives, and makes texts of other values', () => {
  expect(TAGS).toEqual({ team: 'maps', centre: '42', isShared: 'true', owner: byFunction });
});

it('gives a repository, which CloudFormation does not make, the tags that are texts', () => {
  const owner = { service: 's', stage: 'dev', stackName: 's-dev', tags: TAGS };
  const { tags = [] } = newRepository(owner, { name: 'n', worker: 'w' });
  expect(tags.map(({ Key, Value }) => `${Key}=${Value}`)).toEqual([
    'team=maps',
    'centre=42',
    'isShared=true',
    'watchbot:stack=s-dev',
    'watchbot:worker=w',
  ]);
});
