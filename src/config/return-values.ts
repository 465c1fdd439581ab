/** What CloudFormation's functions give of a resource. */
interface ReturnValues {
  /** What `Ref` gives. */
  ref: 'ARN' | 'URL' | 'id' | 'name';
  /** The attribute that gives the ARN, if one does. */
  arn?: string;
}

const byName: ReturnValues = { ref: 'name', arn: 'Arn' };
const byId: ReturnValues = { ref: 'id', arn: 'Arn' };

/**
 * By the type of the resource: those that people give workers, and those to which they give them access.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const RETURN_VALUES: Readonly<Record<string, ReturnValues>> = {
  'AWS::CloudWatch::Alarm': byName,
  'AWS::Cognito::UserPool': byId,
  'AWS::Cognito::UserPoolClient': { ref: 'id' },
  'AWS::DynamoDB::GlobalTable': byName,
  'AWS::DynamoDB::Table': byName,
  'AWS::EC2::SecurityGroup': { ref: 'id' },
  'AWS::EC2::Subnet': { ref: 'id' },
  'AWS::EC2::VPC': { ref: 'id' },
  'AWS::ECR::Repository': byName,
  'AWS::ECS::CapacityProvider': { ref: 'name' },
  'AWS::ECS::Cluster': byName,
  'AWS::ECS::Service': { ref: 'ARN', arn: 'ServiceArn' },
  'AWS::ECS::TaskDefinition': { ref: 'ARN', arn: 'TaskDefinitionArn' },
  'AWS::EFS::AccessPoint': byId,
  'AWS::EFS::FileSystem': byId,
  'AWS::Events::EventBus': byName,
  'AWS::IAM::InstanceProfile': byName,
  'AWS::IAM::ManagedPolicy': { ref: 'ARN', arn: 'PolicyArn' },
  'AWS::IAM::Role': byName,
  'AWS::IAM::User': byName,
  'AWS::KMS::Alias': { ref: 'name' },
  'AWS::KMS::Key': byId,
  'AWS::Kinesis::Stream': byName,
  'AWS::KinesisFirehose::DeliveryStream': byName,
  'AWS::Lambda::Function': byName,
  'AWS::Logs::LogGroup': byName,
  'AWS::OpenSearchService::Domain': byName,
  'AWS::RDS::DBCluster': { ref: 'id', arn: 'DBClusterArn' },
  'AWS::RDS::DBInstance': { ref: 'id', arn: 'DBInstanceArn' },
  'AWS::S3::Bucket': byName,
  'AWS::SNS::Topic': { ref: 'ARN', arn: 'TopicArn' },
  'AWS::SQS::Queue': { ref: 'URL', arn: 'Arn' },
  'AWS::SSM::Parameter': { ref: 'name' },
  'AWS::SecretsManager::Secret': { ref: 'ARN', arn: 'Id' },
  'AWS::StepFunctions::StateMachine': { ref: 'ARN', arn: 'Arn' },
};
