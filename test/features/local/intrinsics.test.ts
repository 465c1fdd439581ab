import { describe, expect, it } from '@jest/globals';
import { resolve, resolveText, UnresolvedError, type Scope } from '../../../src/features/local/intrinsics';

const scope: Scope = {
  ref: (id) => ({ Queue: 'http://queue', 'AWS::Region': 'eu-west-1' })[id],
  attribute: (id, name) => (id === 'Queue' && name === 'Arn' ? 'arn:queue' : undefined),
};

describe('CloudFormation functions', () => {
  it.each([
    [{ Ref: 'Queue' }, 'http://queue'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
    [{ 'Fn::Sub': '${AWS::Region}/${Queue.Arn}/${!Literal}' }, 'eu-west-1/arn:queue/${Literal}'],
    [{ 'Fn::Sub': ['${Name}-${AWS::Region}', { Name: { Ref: 'Queue' } }] }, 'http://queue-eu-west-1'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-eu-west-1'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'queue'],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [5, '5'],
    [true, 'true'],
    ['text', 'text'],
  ])('%j is %s', (value, expected) => {
    expect(resolveText(value, scope)).toBe(expected);
  });

  it('are found wherever they stand', () => {
    expect(resolve({ a: [{ Ref: 'Queue' }], b: { c: null } }, scope)).toEqual({
      a: ['http://queue'],
      b: { c: null },
    });
  });

  it.each([
    [{ Ref: 'Bucket' }, 'Ref Bucket is not known on this machine'],
    [{ 'Fn::GetAtt': ['Queue', 'Other'] }, 'Fn::GetAtt Queue.Other is not known on this machine'],
    [{ 'Fn::Sub': '${Bucket}' }, 'Ref Bucket is not known on this machine'],
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue cannot be worked out on this machine'],
    [{ a: 1 }, '{"a":1} is not text'],
    [null, 'null is not text'],
  ])('%j cannot be worked out', (value, message) => {
    expect(() => resolveText(value, scope)).toThrow(new UnresolvedError(message));
  });
});
