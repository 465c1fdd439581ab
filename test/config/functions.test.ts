import { expect, it } from '@jest/globals';
import { isArn, ownId, type OwnResources } from '../../src/config/functions';

const RESOURCES: OwnResources = Object.fromEntries(
  Object.entries({ Bucket: 'AWS::S3::Bucket', Topic: 'AWS::SNS::Topic', Other: 'Custom::Thing' }).map(
    ([id, type]) => [id, { type, isFifo: false, isInVpc: false }],
  ),
);

it.each([
  [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::x' }, true],
  [{ 'Fn::Sub': '${Bucket.Arn}/*' }, true],
  [{ 'Fn::GetAtt': 'Bucket.Arn' }, true],
  [{ 'Fn::Join': [':', ['arn', 'aws']] }, true],
  [{ 'Fn::Sub': ['${A}/x', { A: { 'Fn::GetAtt': ['B', 'Arn'] } }] }, true],
  [{ 'Fn::If': ['C', 'arn:aws:s3:::x', { 'Fn::GetAtt': ['Bucket', 'Arn'] }] }, true],
  [{ 'Fn::If': ['C', 'arn:aws:s3:::x', { Ref: 'AWS::NoValue' }] }, true],
  [{ Ref: 'Topic' }, true],
  [{ 'Fn::GetAtt': ['Topic', 'TopicArn'] }, true],
  [{ 'Fn::Sub': '${AWS::StackName}-x' }, false],
  [{ Ref: 'AWS::StackName' }, false],
  [{ 'Fn::Join': ['-', ['tiles', 'x']] }, false],
  [{ 'Fn::Sub': '${Bucket}/*' }, false],
  [{ Ref: 'Bucket' }, false],
  [{ 'Fn::GetAtt': ['Bucket', 'DomainName'] }, false],
  [{ 'Fn::If': ['C', 'arn:aws:s3:::x', 'x'] }, undefined],
  [{ Ref: 'Other' }, undefined],
  [{ Ref: 'Parameter' }, undefined],
  [{ 'Fn::ImportValue': 'x' }, undefined],
])('%j is an ARN: %s', (given, expected) => expect(isArn(given, RESOURCES)).toBe(expected));

it.each([
  [{ Ref: 'Topic' }, 'Topic'],
  [{ 'Fn::GetAtt': ['Topic', 'TopicArn'] }, 'Topic'],
  [{ 'Fn::Sub': '${Topic}' }, 'Topic'],
  [{ 'Fn::Sub': '${Topic}-x' }, undefined],
  [{ Ref: 'Bucket' }, undefined],
  [{ Ref: 'constructor' }, undefined],
  [{ 'Fn::If': ['C', { Ref: 'Topic' }, { Ref: 'AWS::NoValue' }] }, undefined],
  ['Topic', undefined],
])('%j refers to a topic of the service: %s', (given, expected) =>
  expect(ownId(given, 'AWS::SNS::Topic', RESOURCES)).toBe(expected),
);
