import { progressTableName } from '../../config/names';
import { ProgressAttribute } from '../../contract/progress';
import { compact, getAtt, type Resources, type Statement } from '../cloudformation';
import { idOf, named, type Subject } from './subject';

/** The table of reduce mode, with the key of Watchbot's, so that jobs under way go on. DynamoDB encrypts every table. */
export function progressTable(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (worker.reduce === undefined) return {};
  return named(subject, 'progressTable', {
    Type: 'AWS::DynamoDB::Table',
    Properties: compact({
      TableName: progressTableName(configuration.context, worker.name),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: ProgressAttribute.id, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: ProgressAttribute.id, KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: ProgressAttribute.expires, Enabled: true },
      PointInTimeRecoverySpecification: worker.reduce.pointInTimeRecovery
        ? { PointInTimeRecoveryEnabled: true }
        : undefined,
    }),
  });
}

/** What `watchbot-progress` does, and Watchbot's own helper: neither puts, deletes or lists. */
export function progressStatements(subject: Subject): Statement[] {
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
