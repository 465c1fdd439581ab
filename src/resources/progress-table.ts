import { progressTableName } from '../config/names';
import { ProgressAttribute } from '../contract/progress';
import { getAtt, type Statement } from './cloudformation';
import type { Resources } from './resource-types';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';

/** The table of reduce mode. It has the key of Watchbot's, so that jobs in progress continue. DynamoDB encrypts every table. */
export function progressTable(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (worker.reduce === undefined) return {};
  return named(subject, 'progressTable', {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: progressTableName(configuration.context, worker.name),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: ProgressAttribute.id, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: ProgressAttribute.id, KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: ProgressAttribute.expires, Enabled: true },
      PointInTimeRecoverySpecification: worker.reduce.pointInTimeRecovery
        ? { PointInTimeRecoveryEnabled: true }
        : undefined,
    },
  });
}

/** The calls of `watchbot-progress` and of Watchbot's own helper: neither puts, deletes or lists items. */
export function progressStatements(subject: ConfiguredWorker): Statement[] {
  if (subject.worker.reduce === undefined) return [];
  return [
    {
      Sid: 'Progress',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      Resource: getAtt(idOf(subject, 'progressTable'), 'Arn'),
    },
  ];
}
