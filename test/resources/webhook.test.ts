import { describe, expect, it } from '@jest/globals';
import type { TemplateResource } from '../../src/resources/cloudformation';
import { JWT } from './sections';
import { single, statementsOf } from './support';

const queueArn = { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] };
const role = { 'Fn::GetAtt': ['WatchbotWebhookRole', 'Arn'] };
const api = { Ref: 'WatchbotWebhookApi' };
const restApi = { Ref: 'WatchbotWebhookRestApi' };
const AUTHORIZATIONS = ['apiKey', 'iam', 'none', JWT] as const;

const webhookOf = (authorization: unknown, given: object = {}, section: object = {}) =>
  single({ ...section, events: [{ webhook: { authorization, ...given } }] });
const isDeployment = ([, { Type }]: [string, TemplateResource]) => Type === 'AWS::ApiGateway::Deployment';
const deploymentOf = (...parts: Parameters<typeof webhookOf>) =>
  Object.entries(webhookOf(...parts).Resources).find(isDeployment)!;

function stageOf(...parts: Parameters<typeof webhookOf>) {
  const { of, has } = webhookOf(...parts);
  return of(has('webhookRestStage') ? 'webhookRestStage' : 'webhookStage');
}

describe.each(AUTHORIZATIONS)('a webhook with the authorization %j', (authorization) => {
  it('sends in a role that may send to this queue, and do nothing else', () => {
    const { of } = webhookOf(authorization);
    expect(of('webhookRole').AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    expect(statementsOf(of('webhookRole'))).toEqual([
      { Sid: 'Send', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn },
    ]);
  });

  it('tells its address', () => {
    const { WatchbotWebhookUrl: url } = webhookOf(authorization).Outputs;
    const host = (id: string) => `https://\${${id}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/`;
    expect(url?.Value).toEqual({
      'Fn::Sub':
        authorization === 'apiKey'
          ? `${host('WatchbotWebhookRestApi')}\${WatchbotWebhookRestStage}/`
          : host('WatchbotWebhookApi'),
    });
  });

  it('lets no more in than it is told to', () => {
    const stage = stageOf(authorization, { throttle: { rate: 7, burst: 9 } });
    expect(stage.MethodSettings?.[0] ?? stage.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 7,
      ThrottlingBurstLimit: 9,
    });
  });

  it('has Watchbot’s limits unless told otherwise', () => {
    const stage = stageOf(authorization);
    expect(stage.MethodSettings?.[0] ?? stage.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 5,
      ThrottlingBurstLimit: 20,
    });
  });
});

describe('with a key', () => {
  const { of, Outputs } = webhookOf('apiKey');

  it('one method of a REST API sends, and asks for the key', () => {
    expect(of('webhookRestApi')).toEqual({
      Name: 'tiles-dev-WatchbotWebhookApi',
      ApiKeySourceType: 'HEADER',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    expect(of('webhookMethod')).toMatchObject({
      RestApiId: restApi,
      ResourceId: { 'Fn::GetAtt': ['WatchbotWebhookRestApi', 'RootResourceId'] },
      HttpMethod: 'POST',
      AuthorizationType: 'NONE',
      ApiKeyRequired: true,
      Integration: { Type: 'AWS', IntegrationHttpMethod: 'POST', Credentials: role },
    });
  });

  it('no body passes as it came: it would be a request to SQS of the sender’s own making', () => {
    expect(of('webhookMethod').Integration.PassthroughBehavior).toBe('NEVER');
  });

  it('a body is encoded, so that nothing in it is a parameter, whatever it is called', () => {
    const { RequestTemplates: templates, RequestParameters: parameters } = of('webhookMethod').Integration;
    const types = ['application/json', 'application/x-www-form-urlencoded', 'application/xml'];
    expect(Object.keys(templates as object)).toEqual(
      [...types, 'text/plain', 'text/xml'].flatMap((type) => [
        type,
        `${type}; charset=utf-8`,
        `${type};charset=UTF-8`,
        `${type}; charset=UTF-8`,
      ]),
    );
    expect(new Set(Object.values(templates as object))).toEqual(
      new Set(['Action=SendMessage&MessageBody=$util.urlEncode($input.body)']),
    );
    expect(parameters).toEqual({
      'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'",
    });
  });

  it('a FIFO queue gets the group, before the body', () => {
    const { RequestTemplates: templates } = webhookOf(
      'apiKey',
      { messageGroupId: 'web_1-a' },
      { queue: { fifo: true } },
    ).of('webhookMethod').Integration;
    expect(templates['text/plain']).toBe(
      'Action=SendMessage&MessageGroupId=web_1-a&MessageDeduplicationId=$util.urlEncode($context.extendedRequestId)' +
        '&MessageBody=$util.urlEncode($input.body)',
    );
  });

  it.each([
    ['200', 'sent', ['200', '201']],
    ['400', 'not taken', ['400', '403', '429']],
    ['500', 'not answered', ['500', '503']],
  ])('the answer is %s if the message was %s, and says nothing of SQS’s own', (status, _what, answers) => {
    const { IntegrationResponses: responses } = of('webhookMethod').Integration as {
      IntegrationResponses: { StatusCode: string; SelectionPattern?: string; ResponseTemplates: object }[];
    };
    for (const answer of answers) {
      const chosen = responses.find(
        ({ SelectionPattern: p }) => p !== undefined && new RegExp(`^${p}$`).test(answer),
      );
      const { StatusCode, ResponseTemplates } =
        chosen ?? responses.find((r) => r.SelectionPattern === undefined)!;
      expect(StatusCode).toBe(status);
      expect(Object.values(ResponseTemplates).join()).not.toContain('$');
    }
    expect(of('webhookMethod').MethodResponses).toContainEqual({ StatusCode: status });
  });

  it('the key is API Gateway’s to make, and in no output but by its id', () => {
    expect(of('webhookApiKey')).toEqual({ Name: 'tiles-dev-WatchbotWebhookApi', Enabled: true });
    expect(of('webhookUsagePlanKey')).toEqual({
      KeyId: { Ref: 'WatchbotWebhookApiKey' },
      KeyType: 'API_KEY',
      UsagePlanId: { Ref: 'WatchbotWebhookUsagePlan' },
    });
    expect(of('webhookUsagePlan')).toMatchObject({
      ApiStages: [{ ApiId: restApi, Stage: { Ref: 'WatchbotWebhookRestStage' } }],
    });
    expect(Outputs.WatchbotWebhookApiKeyId?.Value).toEqual({ Ref: 'WatchbotWebhookApiKey' });
  });
});

describe('a deployment, which shows the API as it was when it was made,', () => {
  const [id, body] = deploymentOf('apiKey');
  const changes: [string, ...Parameters<typeof webhookOf>][] = [
    ['the group', 'apiKey', { messageGroupId: 'web' }, { queue: { fifo: true } }],
    ['the queue', 'apiKey', {}, { queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' } }],
    [
      'an extension of the method',
      'apiKey',
      {},
      { extensions: { webhookMethod: { OperationName: 'send' } } },
    ],
    [
      'an extension of the API',
      'apiKey',
      {},
      { extensions: { webhookRestApi: { MinimumCompressionSize: 0 } } },
    ],
  ];

  it('waits for the method, and is what the stage shows', () => {
    expect(body.DependsOn).toBe('WatchbotWebhookMethod');
    expect(webhookOf('apiKey').of('webhookRestStage')).toMatchObject({
      RestApiId: restApi,
      DeploymentId: { Ref: id },
      StageName: 'watchbot',
    });
  });

  it.each(changes)('is made anew with another id where %s has changed', (...[, ...parts]) => {
    expect(deploymentOf(...parts)[0]).not.toBe(id);
    expect(webhookOf(...parts).of('webhookRestStage').DeploymentId).toEqual({
      Ref: deploymentOf(...parts)[0],
    });
  });

  it.each([
    ['limits, which the stage has', { throttle: { rate: 9 } }, {}],
    ['other parts of the worker', {}, { cpu: 512, memory: 1024, events: [] }],
  ])('stays if only %s have changed', (_what, given, section) => {
    expect(deploymentOf('apiKey', given, section)[0]).toBe(id);
  });
});

describe('headers', () => {
  const headers = ['X-Hub-Signature-256', 'X-GitHub-Event'];
  const templateOf = (...parts: Parameters<typeof webhookOf>) =>
    webhookOf(...parts).of('webhookMethod').Integration.RequestTemplates['application/json'] as string;

  it('become attributes behind the body, if the request has them, whatever capitals it has', () => {
    expect(templateOf('none', { headers })).toBe(
      'Action=SendMessage&MessageBody=$util.urlEncode($input.body)#set($number = 0)' +
        '#set($names = {"x-hub-signature-256": "X-Hub-Signature-256", "x-github-event": "X-GitHub-Event"})' +
        '#set($given = $input.params().header)#foreach($key in $given.keySet())' +
        '#if($names.get($key.toLowerCase()) && $given.get($key) != "")#set($number = $number + 1)' +
        '&MessageAttribute.${number}.Name=$names.get($key.toLowerCase())' +
        '&MessageAttribute.${number}.Value.DataType=String' +
        '&MessageAttribute.${number}.Value.StringValue=$util.urlEncode($given.get($key))#end#end',
    );
  });

  it('change nothing else of a message, and nothing if there are none', () => {
    expect(templateOf('apiKey', { headers: [] })).toBe(templateOf('apiKey'));
    const fifo = [{ messageGroupId: 'web' }, { queue: { fifo: true } }] as const;
    const plain = templateOf('apiKey', ...fifo);
    expect(templateOf('none', { ...fifo[0], headers }, fifo[1]).startsWith(`${plain}#set(`)).toBe(true);
  });

  it.each([
    ['none', { AuthorizationType: 'NONE', ApiKeyRequired: false }, false],
    ['iam', { AuthorizationType: 'AWS_IAM', ApiKeyRequired: false }, false],
    ['apiKey', { AuthorizationType: 'NONE', ApiKeyRequired: true }, true],
  ] as const)('with the authorization %s are taken by a REST API', (authorization, method, hasKey) => {
    const { of, has, Outputs } = webhookOf(authorization, { headers });
    expect(of('webhookMethod')).toMatchObject(method);
    expect([has('webhookApi'), has('webhookStage'), has('webhookIntegration')]).toEqual([
      false,
      false,
      false,
    ]);
    expect([has('webhookApiKey'), has('webhookUsagePlan'), has('webhookUsagePlanKey')]).toEqual(
      Array<boolean>(3).fill(hasKey),
    );
    expect(JSON.stringify(Outputs.WatchbotWebhookUrl?.Value)).toContain('/${WatchbotWebhookRestStage}/');
  });

  it('are in the picture of a deployment', () => {
    expect(deploymentOf('apiKey', { headers })[0]).not.toBe(deploymentOf('apiKey')[0]);
  });

  it('leave no resource with the id of one of another type, which CloudFormation would refuse', () => {
    const types = (given: object) =>
      Object.entries(webhookOf('none', given).Resources).map(([id, { Type }]) => [id, Type] as const);
    const before = new Map(types({}));
    const changed = types({ headers }).filter(([id, type]) => (before.get(id) ?? type) !== type);
    expect(changed).toEqual([]);
  });
});

describe('without a key', () => {
  it.each([
    ['iam', { AuthorizationType: 'AWS_IAM' }],
    ['none', { AuthorizationType: 'NONE' }],
    [
      JWT,
      {
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: 'WatchbotWebhookAuthorizer' },
        AuthorizationScopes: ['send'],
      },
    ],
  ] as const)('one route of an HTTP API sends, with the authorization %j', (authorization, expected) => {
    const { of } = webhookOf(authorization);
    expect(of('webhookApi')).toEqual({ Name: 'tiles-dev-WatchbotWebhookApi', ProtocolType: 'HTTP' });
    expect(of('webhookRoute')).toEqual({
      ApiId: api,
      RouteKey: 'POST /',
      Target: { 'Fn::Sub': 'integrations/${WatchbotWebhookIntegration}' },
      ...expected,
    });
    expect(of('webhookStage')).toMatchObject({ ApiId: api, StageName: '$default', AutoDeploy: true });
  });

  it('a FIFO queue gets the group, and an id of its own for each request, equal bodies or not', () => {
    const fifo = webhookOf('none', { messageGroupId: 'web' }, { queue: { fifo: true } });
    expect(fifo.of('webhookIntegration').RequestParameters).toMatchObject({
      MessageGroupId: 'web',
      MessageDeduplicationId: '$context.requestId',
    });
  });

  it('the body is a parameter of its own, as it came', () => {
    expect(webhookOf('none').of('webhookIntegration')).toEqual({
      ApiId: api,
      IntegrationType: 'AWS_PROXY',
      IntegrationSubtype: 'SQS-SendMessage',
      PayloadFormatVersion: '1.0',
      CredentialsArn: role,
      RequestParameters: { QueueUrl: { Ref: 'WatchbotQueue' }, MessageBody: '$request.body' },
    });
  });

  it('a FIFO queue gets the group', () => {
    const { of } = webhookOf('none', { messageGroupId: 'web' }, { queue: { fifo: true } });
    expect(of('webhookIntegration').RequestParameters).toMatchObject({ MessageGroupId: 'web' });
  });

  it('tokens are those of the issuer, for the audience', () => {
    expect(webhookOf(JWT).of('webhookAuthorizer')).toEqual({
      ApiId: api,
      Name: 'jwt',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['tiles'] },
    });
    const { jwt } = JWT;
    const { of } = webhookOf({ jwt: { issuer: jwt.issuer, audience: jwt.audience } });
    expect(of('webhookRoute')).not.toHaveProperty('AuthorizationScopes');
  });

  it.each(['iam', 'none', JWT] as const)('there is no key, with the authorization %j', (authorization) => {
    const { has, Outputs } = webhookOf(authorization);
    expect([has('webhookApiKey'), has('webhookUsagePlan'), has('webhookMethod')]).toEqual([
      false,
      false,
      false,
    ]);
    expect(Outputs).not.toHaveProperty('WatchbotWebhookApiKeyId');
  });
});
