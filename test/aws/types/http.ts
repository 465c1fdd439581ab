import type { AwsCall } from '../../helpers/aws-calls';
import { mapOf, REGION, without, type Properties, type Resource, type ResourceTypes } from './type';

/** Ids that the API gives: later calls say the real one. */
const givenId = ({ id }: { id: string }) => `made-up-${id}-id`;

/** A call of API Gateway v2 whose answer has the id. */
const v2 = (operation: string, idKey: string) => ({
  made: (resource: { id: string }) => ({
    ref: givenId(resource),
    attributes: {
      [idKey]: givenId(resource),
      ApiEndpoint: `https://${givenId(resource)}.execute-api.${REGION}.amazonaws.com`,
    },
  }),
  calls: ({ ref, properties }: Resource): AwsCall[] => [
    { service: 'apigatewayv2', operation, parameters: properties, gives: { [ref]: idKey } },
  ],
});

const v1 = (operation: string, parameters: Properties, gives?: Record<string, string>): AwsCall => ({
  service: 'apigateway',
  operation,
  parameters,
  ...(gives && { gives }),
});

/** API Gateway, both. */
export const HTTP: ResourceTypes = {
  'AWS::ApiGatewayV2::Api': v2('CreateApi', 'ApiId'),
  'AWS::ApiGatewayV2::Integration': v2('CreateIntegration', 'IntegrationId'),
  'AWS::ApiGatewayV2::Route': v2('CreateRoute', 'RouteId'),
  'AWS::ApiGatewayV2::Authorizer': v2('CreateAuthorizer', 'AuthorizerId'),
  'AWS::ApiGatewayV2::Stage': {
    made: ({ properties }) => ({ ref: String(properties.StageName) }),
    calls: ({ properties }) => [
      { service: 'apigatewayv2', operation: 'CreateStage', parameters: properties },
    ],
  },
  'AWS::ApiGateway::RestApi': {
    named: 'Name',
    made: (resource) => ({
      ref: givenId(resource),
      attributes: { RootResourceId: `root-of-${resource.id}-id`, RestApiId: givenId(resource) },
    }),
    calls: ({ id, name, ref, properties: { Tags, ApiKeySourceType, ...properties } }) => [
      v1(
        'CreateRestApi',
        { ...properties, Name: name, ApiKeySource: ApiKeySourceType, Tags: mapOf(Tags) },
        {
          [`root-of-${id}-id`]: 'rootResourceId',
          [ref]: 'id',
        },
      ),
    ],
  },
  'AWS::ApiGateway::Resource': {
    made: (resource) => ({ ref: givenId(resource), attributes: { ResourceId: givenId(resource) } }),
    calls: ({ ref, properties }) => [v1('CreateResource', properties, { [ref]: 'id' })],
  },
  'AWS::ApiGateway::Method': {
    made: ({ name }) => ({ ref: name }),
    calls: ({ properties: { Integration, MethodResponses, ...method } }) => {
      const at = {
        restApiId: method.RestApiId,
        resourceId: method.ResourceId,
        httpMethod: method.HttpMethod,
      };
      const { IntegrationResponses, IntegrationHttpMethod, ...integration } = (Integration ??
        {}) as Properties;
      const responses = (operation: string, all: unknown) =>
        ((all ?? []) as Properties[]).map((response) =>
          v1(operation, { ...at, ...response, StatusCode: String(response.StatusCode) }),
        );
      return [
        v1('PutMethod', method),
        ...responses('PutMethodResponse', MethodResponses),
        ...(Integration === undefined
          ? []
          : [v1('PutIntegration', { ...at, ...integration, integrationHttpMethod: IntegrationHttpMethod })]),
        ...responses('PutIntegrationResponse', IntegrationResponses),
      ];
    },
  },
  'AWS::ApiGateway::Deployment': {
    made: (resource) => ({ ref: givenId(resource), attributes: { DeploymentId: givenId(resource) } }),
    calls: ({ ref, properties }) => [v1('CreateDeployment', properties, { [ref]: 'id' })],
  },
  'AWS::ApiGateway::Stage': {
    made: ({ properties }) => ({ ref: String(properties.StageName) }),
    // Logging and throttling are set by patches of the stage, which have no model to check against.
    calls: ({ properties: { Tags, ...properties } }) => [
      v1('CreateStage', {
        ...without(properties, ['MethodSettings', 'AccessLogSetting']),
        Tags: mapOf(Tags),
      }),
    ],
  },
  'AWS::ApiGateway::ApiKey': {
    named: 'Name',
    made: (resource) => ({ ref: givenId(resource), attributes: { APIKeyId: givenId(resource) } }),
    calls: ({ name, ref, properties: { Tags, ...properties } }) => [
      v1('CreateApiKey', { ...properties, Name: name, Tags: mapOf(Tags) }, { [ref]: 'id' }),
    ],
  },
  'AWS::ApiGateway::UsagePlan': {
    named: 'UsagePlanName',
    made: (resource) => ({ ref: givenId(resource), attributes: { Id: givenId(resource) } }),
    calls: ({ name, ref, properties: { Tags, ...properties } }) => [
      v1(
        'CreateUsagePlan',
        { ...without(properties, ['UsagePlanName']), Name: name, Tags: mapOf(Tags) },
        { [ref]: 'id' },
      ),
    ],
  },
  'AWS::ApiGateway::UsagePlanKey': {
    made: ({ name }) => ({ ref: name }),
    calls: ({ properties }) => [v1('CreateUsagePlanKey', properties)],
  },
  'AWS::ApiGateway::Account': {
    made: ({ name }) => ({ ref: name }),
    calls: ({ properties }) => [
      v1('UpdateAccount', {
        patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: properties.CloudWatchRoleArn }],
      }),
    ],
  },
};
