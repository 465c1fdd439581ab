import type { AwsCall } from '../../helpers/aws-calls';
import {
  ACCOUNT_ID,
  arn,
  asText,
  attributesOf,
  mapOf,
  REGION,
  type Properties,
  type ResourceTypes,
} from './type';

/** Resources of SQS and SNS. */
export const MESSAGES: ResourceTypes = {
  'AWS::SQS::Queue': {
    named: 'QueueName',
    outside: ({ RedrivePolicy }) =>
      existingQueue((RedrivePolicy as Properties | undefined)?.deadLetterTargetArn),
    returnValues: ({ name }) => {
      const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${name}`;
      return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    },
    calls: ({ name, properties }) => [
      {
        service: 'sqs',
        operation: 'CreateQueue',
        parameters: {
          QueueName: name,
          Attributes: attributesOf(properties, ['QueueName', 'Tags']),
          tags: mapOf(properties.Tags),
        },
      },
    ],
  },
  'AWS::SQS::QueuePolicy': {
    returnValues: ({ name }) => ({ ref: name }),
    calls: ({ properties }) =>
      (properties.Queues as string[]).map((QueueUrl) => ({
        service: 'sqs',
        operation: 'SetQueueAttributes',
        parameters: { QueueUrl, Attributes: { Policy: asText(properties.PolicyDocument) } },
      })),
  },
  'AWS::SNS::Topic': {
    named: 'TopicName',
    returnValues: ({ name }) => ({
      ref: arn('sns', name),
      attributes: { TopicArn: arn('sns', name), TopicName: name },
    }),
    calls: ({ name, ref, properties }) => [
      {
        service: 'sns',
        operation: 'CreateTopic',
        parameters: {
          Name: name,
          Attributes: attributesOf(properties, ['TopicName', 'Tags', 'Subscription']),
          Tags: properties.Tags,
        },
      },
      ...((properties.Subscription ?? []) as Record<string, string>[]).map((subscription) => ({
        service: 'sns',
        operation: 'Subscribe',
        parameters: { TopicArn: ref, ...subscription },
      })),
    ],
  },
  'AWS::SNS::Subscription': {
    outside: ({ TopicArn, Endpoint }) => [...existingTopic(TopicArn), ...existingQueue(Endpoint)],
    returnValues: ({ name, properties }) => ({ ref: `${asText(properties.TopicArn)}:${name}` }),
    calls: ({ properties: { TopicArn, Protocol, Endpoint, ...attributes } }) => [
      {
        service: 'sns',
        operation: 'Subscribe',
        parameters: { TopicArn, Protocol, Endpoint, Attributes: attributesOf(attributes, ['Region']) },
      },
    ],
  },
  'AWS::SNS::TopicPolicy': {
    returnValues: ({ name }) => ({ ref: name }),
    calls: ({ properties }) =>
      (properties.Topics as string[]).map((TopicArn) => ({
        service: 'sns',
        operation: 'SetTopicAttributes',
        parameters: {
          TopicArn,
          AttributeName: 'Policy',
          AttributeValue: asText(properties.PolicyDocument),
        },
      })),
  },
};

/** Creates a queue that the template expects to exist, since it gives its ARN. */
function existingQueue(queueArn: unknown): AwsCall[] {
  if (typeof queueArn !== 'string') return [];
  const name = queueArn.split(':').at(-1)!;
  const Attributes = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  return [{ service: 'sqs', operation: 'CreateQueue', parameters: { QueueName: name, Attributes } }];
}

/** Creates a topic that the template expects to exist. */
function existingTopic(topicArn: unknown): AwsCall[] {
  if (typeof topicArn !== 'string') return [];
  const name = topicArn.split(':').at(-1)!;
  const Attributes = name.endsWith('.fifo') ? { FifoTopic: 'true' } : {};
  return [{ service: 'sns', operation: 'CreateTopic', parameters: { Name: name, Attributes } }];
}
