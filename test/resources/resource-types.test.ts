import { expect, it } from '@jest/globals';
import type { Resource } from '../../src/resources/resource-types';

/** The compiler is what is tested here: an expected error that it does not find fails `npm run types`. */
const REFUSED: readonly Resource[] = [
  {
    Type: 'AWS::SQS::Queue',
    // @ts-expect-error -- a misspelt property
    Properties: { QueueNme: 'tiles' },
  },
  {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      // @ts-expect-error -- a misspelt property within a list
      Dimensions: [{ Name: 'QueueName', Valeu: 'tiles' }],
    },
  },
  {
    Type: 'AWS::ECS::Service',
    // @ts-expect-error -- a value that AWS does not know
    Properties: { PropagateTags: 'TASK' },
  },
  // @ts-expect-error -- a type of which nothing says whether it takes tags
  { Type: 'AWS::EC2::FlowLog', Properties: {} },
];

const TAKEN: readonly Resource[] = [
  { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' }, FifoQueue: undefined } },
  { Type: 'AWS::ECS::Cluster', Properties: { CapacityProviders: { 'Fn::Split': [',', 'FARGATE'] } } },
];

it('a resource is as AWS’s schema has it, with functions of CloudFormation and what is left out', () => {
  expect([...REFUSED, ...TAKEN]).toHaveLength(6);
});
