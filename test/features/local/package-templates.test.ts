import { afterAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPackage } from '../../../src/features/local/package-templates';
import { createTestFolder } from '../../helpers/folder';

const folder = createTestFolder();
afterAll(() => {
  folder.remove();
});

async function read(templates: Record<string, object>) {
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(path.join(folder.path, name), JSON.stringify(template));
  }
  return (await readPackage(folder.path, 'root.json')).Resources;
}

const nested = (file: string, Parameters: object = {}) => ({
  Type: 'AWS::CloudFormation::Stack',
  Properties: {
    Parameters,
    // As serverless-plugin-split-stacks writes it.
    TemplateURL: {
      'Fn::Join': [
        '/',
        ['https://s3.amazonaws.com', { Ref: 'ServerlessDeploymentBucket' }, 'serverless/x', file],
      ],
    },
  },
});

const queue = (properties: object = {}) => ({ Type: 'AWS::SQS::Queue', Properties: properties });

describe('the templates of a package', () => {
  it('are one, with what was split off, and the references across the borders', async () => {
    const resources = await read({
      'root.json': {
        Resources: {
          Topic: { Type: 'AWS::SNS::Topic' },
          AlphaNestedStack: nested('alpha.json', { TopicParameter: { Ref: 'Topic' } }),
          BetaNestedStack: nested('beta.json', {
            QueueArnParameter: { 'Fn::GetAtt': ['AlphaNestedStack', 'Outputs.QueueArn'] },
          }),
          Reader: queue({
            Of: { 'Fn::GetAtt': ['AlphaNestedStack', 'Outputs.QueueArn'] },
            In: { 'Fn::Sub': 'a ${AlphaNestedStack.Outputs.QueueArn} in ${AWS::Region}' },
          }),
        },
      },
      'alpha.json': {
        Parameters: { TopicParameter: { Type: 'String' }, Stage: { Type: 'String', Default: 'dev' } },
        Resources: {
          Queue: queue({ Stage: { Ref: 'Stage' } }),
          Subscription: {
            Type: 'AWS::SNS::Subscription',
            Properties: { TopicArn: { Ref: 'TopicParameter' } },
          },
        },
        Outputs: { QueueArn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
      },
      'beta.json': {
        Parameters: { QueueArnParameter: { Type: 'String' } },
        Resources: {
          Task: { Type: 'T', Properties: { Arn: { Ref: 'QueueArnParameter' }, Own: { Ref: 'Task' } } },
        },
      },
    });
    const arn = { 'Fn::GetAtt': ['Queue', 'Arn'] };
    expect(resources).toEqual({
      Topic: { Type: 'AWS::SNS::Topic' },
      Reader: queue({
        Of: arn,
        In: { 'Fn::Sub': ['a ${Nested0} in ${Nested1}', { Nested0: arn, Nested1: { Ref: 'AWS::Region' } }] },
      }),
      Queue: queue({ Stage: 'dev' }),
      Subscription: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: { Ref: 'Topic' } } },
      Task: { Type: 'T', Properties: { Arn: arn, Own: { Ref: 'Task' } } },
    });
  });

  it('may be nested in nested ones', async () => {
    const resources = await read({
      'root.json': { Resources: { A: nested('a.json', { Name: 'jobs' }) } },
      'a.json': {
        Parameters: { Name: { Type: 'String' } },
        Resources: { B: nested('b.json', { Inner: { Ref: 'Name' } }) },
      },
      'b.json': { Parameters: { Inner: {} }, Resources: { Queue: queue({ QueueName: { Ref: 'Inner' } }) } },
    });
    expect(resources).toEqual({ Queue: queue({ QueueName: 'jobs' }) });
  });

  it('may have one id twice: then each keeps what refers to it', async () => {
    const resources = await read({
      'root.json': { Resources: { Queue: queue(), A: nested('a.json') } },
      'a.json': { Resources: { Queue: queue({ Inner: true }), Reader: queue({ Of: { Ref: 'Queue' } }) } },
    });
    expect(resources).toEqual({
      Queue: queue(),
      AQueue: queue({ Inner: true }),
      Reader: queue({ Of: { Ref: 'AQueue' } }),
    });
  });

  it.each([
    ['is only in a bucket', 'https://s3.amazonaws.com/bucket/elsewhere.json'],
    ['is elsewhere on the disk', 'https://s3.amazonaws.com/bucket/..'],
    ['is given by a function', { 'Fn::ImportValue': 'template' }],
  ])('stay stacks if the template %s', async (_name, TemplateURL) => {
    const stack = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } };
    const resources = await read({ 'root.json': { Resources: { Foreign: stack } } });
    expect(resources).toEqual({ Foreign: stack });
  });
});
