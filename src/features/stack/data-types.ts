import { isIntrinsic } from '../../config/configuration';

/** A kind of resource that holds data, which is gone when the resource is deleted or replaced. */
export interface DataType {
  /** What is in it, in a sentence: "it holds …". */
  holds: string;
  /** Properties whose change replaces the resource: the old one is deleted with what is in it. */
  replacing: readonly string[];
  /** CloudFormation takes a snapshot before it deletes one, unless the template says otherwise. */
  isSavedByDefault?: true;
  /** Whether CloudFormation has made what is in it from the template, and could make it again. */
  isMade?: (resource: { Properties?: Readonly<Record<string, unknown>> }) => boolean;
}

/**
 * Types by which data is lost. The properties are those that AWS's schemas call create-only, of which people change some:
 * names, keys, encryption. What a property that is not listed does is known only from a change set.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 */
export const DATA_TYPES: Readonly<Record<string, DataType>> = {
  'AWS::SQS::Queue': { holds: 'messages', replacing: ['QueueName', 'FifoQueue'] },
  'AWS::DynamoDB::Table': {
    holds: 'items',
    replacing: ['TableName', 'KeySchema', 'LocalSecondaryIndexes', 'ImportSourceSpecification'],
  },
  'AWS::DynamoDB::GlobalTable': {
    holds: 'items',
    replacing: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  },
  'AWS::Serverless::SimpleTable': { holds: 'items', replacing: ['TableName', 'PrimaryKey'] },
  'AWS::Timestream::Table': { holds: 'records', replacing: ['DatabaseName', 'TableName'] },
  // CloudFormation deletes an empty bucket, and leaves one with objects in it behind.
  'AWS::S3::Bucket': { holds: 'objects', replacing: ['BucketName', 'BucketNamePrefix'] },
  'AWS::EFS::FileSystem': {
    holds: 'files',
    replacing: ['AvailabilityZoneName', 'Encrypted', 'KmsKeyId', 'PerformanceMode'],
  },
  'AWS::FSx::FileSystem': {
    holds: 'files',
    replacing: ['FileSystemType', 'KmsKeyId', 'SubnetIds', 'SecurityGroupIds', 'BackupId'],
  },
  'AWS::EC2::Volume': { holds: 'a disk', replacing: [] },
  'AWS::Logs::LogGroup': { holds: 'log lines', replacing: ['LogGroupName'] },
  'AWS::Kinesis::Stream': { holds: 'records', replacing: ['Name'] },
  'AWS::Events::Archive': { holds: 'events', replacing: ['ArchiveName', 'SourceArn'] },
  'AWS::RDS::DBInstance': {
    holds: 'a database',
    replacing: ['DBInstanceIdentifier', 'DBName', 'DBClusterIdentifier', 'KmsKeyId', 'MasterUsername'],
    isSavedByDefault: true,
  },
  'AWS::RDS::DBCluster': {
    holds: 'a database',
    replacing: ['DBClusterIdentifier', 'DatabaseName', 'EngineMode', 'KmsKeyId', 'StorageEncrypted'],
    isSavedByDefault: true,
  },
  'AWS::DocDB::DBCluster': {
    holds: 'a database',
    replacing: ['DBClusterIdentifier', 'KmsKeyId', 'MasterUsername', 'StorageEncrypted'],
  },
  'AWS::Neptune::DBCluster': {
    holds: 'a database',
    replacing: ['DBClusterIdentifier', 'KmsKeyId', 'StorageEncrypted'],
  },
  'AWS::Redshift::Cluster': {
    holds: 'a database',
    replacing: ['ClusterIdentifier', 'DBName', 'MasterUsername'],
  },
  'AWS::MemoryDB::Cluster': { holds: 'a database', replacing: ['ClusterName', 'KmsKeyId'] },
  'AWS::ElastiCache::ReplicationGroup': {
    holds: 'what is cached',
    replacing: ['ReplicationGroupId', 'AtRestEncryptionEnabled', 'KmsKeyId'],
  },
  'AWS::OpenSearchService::Domain': { holds: 'documents', replacing: ['DomainName'] },
  'AWS::Elasticsearch::Domain': { holds: 'documents', replacing: ['DomainName'] },
  'AWS::Cognito::UserPool': { holds: 'users', replacing: [] },
  'AWS::ECR::Repository': { holds: 'images', replacing: ['RepositoryName', 'EncryptionConfiguration'] },
  'AWS::SecretsManager::Secret': {
    holds: 'a secret',
    replacing: ['Name'],
    // Such as an access key: a text in the template may be there only until somebody puts the secret in its place.
    isMade: ({ Properties }) => isIntrinsic(Properties?.SecretString),
  },
  'AWS::KMS::Key': { holds: 'the key to what is encrypted with it', replacing: [] },
};
