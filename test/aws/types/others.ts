import type { AwsCall } from '../../helpers/aws-calls';
import { arn, asText, REGION, without, type ResourceTypes } from './type';

interface ScheduleTarget {
  Arn: string;
  Input: string;
}

/** The call that a schedule makes when it is due, if its target is the API of SQS. Its input is the parameters. */
function callsWhenDue({ Arn, Input }: ScheduleTarget): AwsCall[] {
  const [, action] = /:aws-sdk:sqs:(\w+)$/.exec(Arn) ?? [];
  if (action === undefined) return [];
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  const input = Input.replaceAll('<aws.scheduler.scheduled-time>', '2030-01-01T06:00:00Z');
  return [{ service: 'sqs', operation, parameters: JSON.parse(input) as Record<string, unknown> }];
}

/** Schedules, secrets, and resources of the framework itself. */
export const OTHERS: ResourceTypes = {
  'AWS::S3::Bucket': {
    named: 'BucketName',
    returnValues: ({ name }) => ({
      ref: name.toLowerCase(),
      attributes: { Arn: `arn:aws:s3:::${name.toLowerCase()}` },
    }),
    // Other properties need further calls. moto's CloudFormation covers them.
    calls: ({ ref }) => [
      {
        service: 's3',
        operation: 'CreateBucket',
        parameters: { Bucket: ref, CreateBucketConfiguration: { LocationConstraint: REGION } },
      },
    ],
  },
  'AWS::S3::BucketPolicy': {
    returnValues: ({ properties }) => ({ ref: asText(properties.Bucket) }),
    calls: ({ properties: { Bucket, PolicyDocument } }) => [
      { service: 's3', operation: 'PutBucketPolicy', parameters: { Bucket, Policy: asText(PolicyDocument) } },
    ],
  },
  'AWS::Scheduler::ScheduleGroup': {
    named: 'Name',
    returnValues: ({ name }) => ({
      ref: name,
      attributes: { Arn: arn('scheduler', `schedule-group/${name}`) },
    }),
    calls: ({ name, properties }) => [
      { service: 'scheduler', operation: 'CreateScheduleGroup', parameters: { ...properties, Name: name } },
    ],
  },
  'AWS::Scheduler::Schedule': {
    named: 'Name',
    returnValues: ({ name }) => ({
      ref: name,
      attributes: { Arn: arn('scheduler', `schedule/default/${name}`) },
    }),
    calls: ({ name, properties }) => [
      { service: 'scheduler', operation: 'CreateSchedule', parameters: { ...properties, Name: name } },
      ...callsWhenDue(properties.Target as ScheduleTarget),
    ],
  },
  'AWS::SecretsManager::Secret': {
    named: 'Name',
    returnValues: ({ name }) => ({ ref: arn('secretsmanager', `secret:${name}-a1b2c3`) }),
    calls: ({ name, properties: { GenerateSecretString, ...properties } }) => [
      ...(GenerateSecretString === undefined
        ? []
        : [
            {
              service: 'secretsmanager',
              operation: 'GetRandomPassword',
              parameters: without(GenerateSecretString as Record<string, unknown>, [
                'SecretStringTemplate',
                'GenerateStringKey',
              ]),
            },
          ]),
      {
        service: 'secretsmanager',
        operation: 'CreateSecret',
        parameters: { ...without(properties, ['ReplicaRegions']), Name: name },
      },
    ],
  },
};
