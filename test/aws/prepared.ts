import type { PackagedTemplate } from '../helpers/framework';

/** Resources of types that no fixture has yet. With them, the calls for these types are tested, too. */
export const PREPARED: Readonly<Record<string, PackagedTemplate['Resources']>> = {
  'an HTTP API in front of a queue': {
    Queue: resource('AWS::SQS::Queue', { QueueName: 'jobs' }),
    Role: resource('AWS::IAM::Role', {}),
    Api: resource('AWS::ApiGatewayV2::Api', { Name: 'jobs', ProtocolType: 'HTTP' }),
    Integration: resource('AWS::ApiGatewayV2::Integration', {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationSubtype: 'SQS-SendMessage',
      PayloadFormatVersion: '1.0',
      CredentialsArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      RequestParameters: { QueueUrl: { Ref: 'Queue' }, MessageBody: '$request.body' },
    }),
    Authorizer: resource('AWS::ApiGatewayV2::Authorizer', {
      ApiId: { Ref: 'Api' },
      AuthorizerType: 'JWT',
      Name: 'tokens',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: ['jobs'], Issuer: 'https://issuer.example.com' },
    }),
    Route: resource('AWS::ApiGatewayV2::Route', {
      ApiId: { Ref: 'Api' },
      RouteKey: 'POST /jobs',
      AuthorizationType: 'JWT',
      AuthorizerId: { Ref: 'Authorizer' },
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
    }),
    Stage: resource('AWS::ApiGatewayV2::Stage', {
      ApiId: { Ref: 'Api' },
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingBurstLimit: 10, ThrottlingRateLimit: 5 },
    }),
  },
  'a REST API with a key in front of a queue': {
    Queue: resource('AWS::SQS::Queue', { QueueName: 'jobs' }),
    Role: resource('AWS::IAM::Role', {}),
    Api: resource('AWS::ApiGateway::RestApi', {
      Name: 'jobs',
      ApiKeySourceType: 'HEADER',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    }),
    Jobs: resource('AWS::ApiGateway::Resource', {
      RestApiId: { Ref: 'Api' },
      ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
      PathPart: 'jobs',
    }),
    Post: resource('AWS::ApiGateway::Method', {
      RestApiId: { Ref: 'Api' },
      ResourceId: { Ref: 'Jobs' },
      HttpMethod: 'POST',
      AuthorizationType: 'NONE',
      ApiKeyRequired: true,
      Integration: {
        Type: 'AWS',
        IntegrationHttpMethod: 'POST',
        Credentials: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Uri: {
          'Fn::Sub':
            'arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue.QueueName}',
        },
        RequestTemplates: {
          'application/json': 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)',
        },
        IntegrationResponses: [{ StatusCode: '200', SelectionPattern: '200' }],
        PassthroughBehavior: 'NEVER',
      },
      MethodResponses: [{ StatusCode: '200' }],
    }),
    Deployment: {
      ...resource('AWS::ApiGateway::Deployment', { RestApiId: { Ref: 'Api' } }),
      DependsOn: 'Post',
    },
    Stage: resource('AWS::ApiGateway::Stage', {
      RestApiId: { Ref: 'Api' },
      DeploymentId: { Ref: 'Deployment' },
      StageName: 'dev',
    }),
    Key: resource('AWS::ApiGateway::ApiKey', { Enabled: true }),
    Plan: resource('AWS::ApiGateway::UsagePlan', {
      ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }],
      Throttle: { BurstLimit: 10, RateLimit: 5 },
    }),
    PlanKey: resource('AWS::ApiGateway::UsagePlanKey', {
      KeyId: { Ref: 'Key' },
      KeyType: 'API_KEY',
      UsagePlanId: { Ref: 'Plan' },
    }),
    Account: resource('AWS::ApiGateway::Account', { CloudWatchRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
  },
  'a schedule that sends to a queue, and a secret': {
    Queue: resource('AWS::SQS::Queue', { QueueName: 'jobs' }),
    Role: resource('AWS::IAM::Role', {}),
    Group: resource('AWS::Scheduler::ScheduleGroup', { Name: 'jobs' }),
    Schedule: resource('AWS::Scheduler::Schedule', {
      Name: 'nightly',
      GroupName: { Ref: 'Group' },
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Input: '{"job":"nightly"}',
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
      },
    }),
    Secret: resource('AWS::SecretsManager::Secret', {
      Name: 'jobs/key',
      Description: 'The key of the callers.',
      GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true },
    }),
  },
  'a topic that an alarm may publish to': {
    Topic: resource('AWS::SNS::Topic', { TopicName: 'alarms' }),
    Policy: resource('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: 'Topic' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: 'Topic' },
          },
        ],
      },
    }),
  },
};

function resource(Type: string, Properties: Record<string, unknown>) {
  return { Type, Properties };
}
