import type { AwsCall } from '../../helpers/aws-calls';
import { mapOf, REGION, without, type Properties, type Resource, type ResourceTypes } from './type';

/** A placeholder for an id that the API returns. Later calls use the real one. */
const placeholderId = ({ id }: { id: string }) => `made-up-${id}-id`;

/** A resource that one call of API Gateway v2 creates, and whose id is in the answer. */
const v2 = (operation: string, idKey: string) => ({
  returnValues: (resource: { id: string }) => ({
    ref: placeholderId(resource),
    attributes: {
      [idKey]: placeholderId(resource),
      ApiEndpoint: `https://${placeholderId(resource)}.execute-api.${REGION}.amazonaws.com`,
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

/** Resources of API Gateway, both versions. */
export const HTTP: ResourceTypes = {
  'AWS::ApiGatewayV2::Api': v2('CreateApi', 'ApiId'),
  'AWS::ApiGatewayV2::Integration': v2('CreateIntegration', 'IntegrationId'),
  'AWS::ApiGatewayV2::Route': v2('CreateRoute', 'RouteId'),
  'AWS::ApiGatewayV2::Authorizer': v2('CreateAuthorizer', 'AuthorizerId'),
  'AWS::ApiGatewayV2::Stage': {
    returnValues: ({ properties }) => ({ ref: String(properties.StageName) }),
    calls: ({ properties }) => [
      { service: 'apigatewayv2', operation: 'CreateStage', parameters: properties },
    ],
  },
  'AWS::ApiGateway::RestApi': {
    named: 'Name',
    returnValues: (resource) => ({
      ref: placeholderId(resource),
      attributes: { RootResourceId: `root-of-${resource.id}-id`, RestApiId: placeholderId(resource) },
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
    returnValues: (resource) => ({
      ref: placeholderId(resource),
      attributes: { ResourceId: placeholderId(resource) },
    }),
    calls: ({ ref, properties }) => [v1('CreateResource', properties, { [ref]: 'id' })],
  },
  'AWS::ApiGateway::Method': {
    returnValues: ({ name }) => ({ ref: name }),
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
    returnValues: (resource) => ({
      ref: placeholderId(resource),
      attributes: { DeploymentId: placeholderId(resource) },
    }),
    calls: ({ ref, properties }) => [v1('CreateDeployment', properties, { [ref]: 'id' })],
  },
  'AWS::ApiGateway::Stage': {
    returnValues: ({ properties }) => ({ ref: String(properties.StageName) }),
    // Logging and throttling are set by patching the stage. botocore has no model that could check patches.
    calls: ({ properties: { Tags, ...properties } }) => [
      v1('CreateStage', {
        ...without(properties, ['MethodSettings', 'AccessLogSetting']),
        Tags: mapOf(Tags),
      }),
    ],
  },
  'AWS::ApiGateway::ApiKey': {
    named: 'Name',
    returnValues: (resource) => ({
      ref: placeholderId(resource),
      attributes: { APIKeyId: placeholderId(resource) },
    }),
    calls: ({ name, ref, properties: { Tags, ...properties } }) => [
      v1('CreateApiKey', { ...properties, Name: name, Tags: mapOf(Tags) }, { [ref]: 'id' }),
    ],
  },
  'AWS::ApiGateway::UsagePlan': {
    named: 'UsagePlanName',
    returnValues: (resource) => ({
      ref: placeholderId(resource),
      attributes: { Id: placeholderId(resource) },
    }),
    calls: ({ name, ref, properties: { Tags, ...properties } }) => [
      v1(
        'CreateUsagePlan',
        { ...without(properties, ['UsagePlanName']), Name: name, Tags: mapOf(Tags) },
        { [ref]: 'id' },
      ),
    ],
  },
  'AWS::ApiGateway::UsagePlanKey': {
    returnValues: ({ name }) => ({ ref: name }),
    calls: ({ properties }) => [v1('CreateUsagePlanKey', properties)],
  },
  'AWS::ApiGateway::Account': {
    returnValues: ({ name }) => ({ ref: name }),
    calls: ({ properties }) => [
      v1('UpdateAccount', {
        patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: properties.CloudWatchRoleArn }],
      }),
    ],
  },
};
