import { createHash } from 'node:crypto';
import type { Jwt, Webhook } from '../config/sources';
import { sourceName } from '../config/names';
import { assumedBy, getAtt, ref, sub } from './cloudformation';
import { queuePath, queueUrl } from './queue-references';
import { roleArn } from './identities';
import type { PropertiesOf, Resource, Resources, Role } from './resource-types';
import { queueSendPolicy } from './sending';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';

/**
 * An address that takes messages by HTTP. Only REST APIs know API keys, and only HTTP APIs know tokens; both know the rest,
 * and HTTP APIs cost less. An HTTP API takes the attributes of a message as one text of JSON with headers put in: it refuses
 * a request that lacks one of them, or has a quotation mark in it. So a REST API is made for these, too.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
 */
export function webhook(subject: Subject): Resources {
  const settings = subject.worker.events.webhook;
  if (settings === undefined) return {};
  const name = sourceName(subject.configuration.context, idOf(subject, 'webhookApi'));
  const api = isRest(settings) ? restApi : httpApi;
  const role = settings.role === undefined ? named(subject, 'webhookRole', neededWebhookRole(subject)) : {};
  return { ...role, ...api(subject, settings, name) };
}

const isRest = ({ authorization, headers }: Webhook) => authorization === 'apiKey' || headers.length > 0;

/** The address to which messages are sent. */
export function webhookUrl(subject: Subject, settings: Webhook) {
  const hostOf = (api: 'webhookApi' | 'webhookRestApi') =>
    `https://\${${idOf(subject, api)}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/`;
  return sub(
    isRest(settings)
      ? `${hostOf('webhookRestApi')}\${${idOf(subject, 'webhookRestStage')}}/`
      : hostOf('webhookApi'),
  );
}

/**
 * The role in which API Gateway sends: to this queue only. No condition restricts it to this API or account: API Gateway
 * does not say for which API it assumes a role, so that the condition would be false for every request.
 * https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/479
 */
export const neededWebhookRole = (subject: ConfiguredWorker): Role => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedBy('apigateway.amazonaws.com'),
    Policies: [queueSendPolicy(subject)],
  },
});

const webhookRoleArn = (subject: Subject) =>
  roleArn(subject.worker.events.webhook?.role, idOf(subject, 'webhookRole'));

/** An HTTP API with one route, `POST /`, which sends its body to the queue. */
function httpApi(subject: Subject, settings: Webhook, name: string): Resources {
  const ApiId = ref(idOf(subject, 'webhookApi'));
  return {
    ...named(subject, 'webhookApi', {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: { Name: name, ProtocolType: 'HTTP' },
    }),
    ...authorizer(subject, settings),
    ...integration(subject, settings),
    ...named(subject, 'webhookRoute', {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId,
        RouteKey: 'POST /',
        Target: sub(`integrations/\${${idOf(subject, 'webhookIntegration')}}`),
        ...authorization(subject, settings),
      },
    }),
    ...named(subject, 'webhookStage', {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId,
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: {
          ThrottlingRateLimit: settings.throttle.rate,
          ThrottlingBurstLimit: settings.throttle.burst,
        },
      },
    }),
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html */
function integration(subject: Subject, { messageGroupId }: Webhook): Resources {
  return named(subject, 'webhookIntegration', {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref(idOf(subject, 'webhookApi')),
      IntegrationType: 'AWS_PROXY',
      IntegrationSubtype: 'SQS-SendMessage',
      PayloadFormatVersion: '1.0',
      CredentialsArn: webhookRoleArn(subject),
      RequestParameters: {
        QueueUrl: queueUrl(subject),
        MessageBody: '$request.body',
        MessageGroupId: messageGroupId,
        // Otherwise a FIFO queue would drop the second of two equal bodies, and its sender would get a 200.
        MessageDeduplicationId: messageGroupId === undefined ? undefined : '$context.requestId',
      },
    },
  });
}

function authorization(
  subject: Subject,
  { authorization: given }: Webhook,
): Partial<PropertiesOf<'AWS::ApiGatewayV2::Route'>> {
  if (typeof given === 'string') return { AuthorizationType: given === 'iam' ? 'AWS_IAM' : 'NONE' };
  return {
    AuthorizationType: 'JWT',
    AuthorizerId: ref(idOf(subject, 'webhookAuthorizer')),
    AuthorizationScopes: given.jwt.scopes,
  };
}

function authorizer(subject: Subject, { authorization: given }: Webhook): Resources {
  return typeof given === 'string' ? {} : jwtAuthorizer(subject, given.jwt);
}

function jwtAuthorizer(subject: Subject, { issuer, audience }: Jwt): Resources {
  return named(subject, 'webhookAuthorizer', {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: ref(idOf(subject, 'webhookApi')),
      Name: 'jwt',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: audience },
    },
  });
}

/** The path of the address and the name of the stage, as in Watchbot. */
const STAGE = 'watchbot';

/** A REST API with one method, `POST /`, which sends its body and some of its headers to the queue. */
function restApi(subject: Subject, settings: Webhook, name: string): Resources {
  const method = methodOf(subject, settings);
  const deployed = deploymentId(subject, method);
  return {
    ...named(subject, 'webhookRestApi', {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Name: name, ApiKeySourceType: 'HEADER', EndpointConfiguration: { Types: ['REGIONAL'] } },
    }),
    ...named(subject, 'webhookMethod', method),
    ...deployment(subject, deployed),
    ...stage(subject, settings, deployed),
    ...(settings.authorization === 'apiKey' ? apiKey(subject, settings, name) : {}),
  };
}

const MEDIA_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/xml',
  'text/plain',
  'text/xml',
];

/** Content types as senders write them. A body of any other is refused, see `PassthroughBehavior`. */
const CONTENT_TYPES = MEDIA_TYPES.flatMap((type) => [
  type,
  `${type}; charset=utf-8`,
  `${type};charset=UTF-8`,
  `${type}; charset=UTF-8`,
]);

function methodOf(subject: Subject, settings: Webhook): Resource {
  const { authorization } = settings;
  const apiId = ref(idOf(subject, 'webhookRestApi'));
  return {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: apiId,
      ResourceId: getAtt(idOf(subject, 'webhookRestApi'), 'RootResourceId'),
      HttpMethod: 'POST',
      AuthorizationType: authorization === 'iam' ? 'AWS_IAM' : 'NONE',
      ApiKeyRequired: authorization === 'apiKey',
      Integration: {
        Type: 'AWS',
        IntegrationHttpMethod: 'POST',
        Uri: sub(
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${Account}/${Queue}',
          queuePath(subject),
        ),
        Credentials: webhookRoleArn(subject),
        // A body that passed through unchanged would be the request to SQS itself, with any parameters that its sender likes.
        PassthroughBehavior: 'NEVER',
        RequestParameters: {
          'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'",
        },
        RequestTemplates: Object.fromEntries(CONTENT_TYPES.map((type) => [type, requestTemplate(settings)])),
        IntegrationResponses: RESPONSES.map(({ status, pattern, text }) => ({
          StatusCode: status,
          ...(pattern === undefined ? {} : { SelectionPattern: pattern }),
          ResponseTemplates: { 'application/json': text },
        })),
      },
      MethodResponses: RESPONSES.map(({ status }) => ({ StatusCode: status })),
    },
  };
}

/**
 * The body is encoded, so that nothing in it becomes a parameter of the request. A FIFO queue would drop the second of
 * two equal bodies, and its sender would get a 200: so the request's id is the deduplication id. Senders cannot set this id.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-access-logging.html
 */
function requestTemplate({ messageGroupId, headers }: Webhook): string {
  const group =
    messageGroupId === undefined
      ? ''
      : `&MessageGroupId=${messageGroupId}&MessageDeduplicationId=$util.urlEncode($context.extendedRequestId)`;
  return `Action=SendMessage${group}&MessageBody=$util.urlEncode($input.body)${attributesTemplate(headers)}`;
}

/**
 * Goes through the headers of the request, since a client may write a name in capitals or without. SQS takes no attribute
 * without a value, and numbers attributes from 1 without a gap. All is on one line: a line break would be sent, too.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function attributesTemplate(headers: readonly string[]): string {
  if (headers.length === 0) return '';
  const names = headers.map((header) => `"${header.toLowerCase()}": "${header}"`);
  const attribute = '&MessageAttribute.${number}';
  return [
    `#set($number = 0)#set($names = {${names.join(', ')}})#set($given = $input.params().header)`,
    '#foreach($key in $given.keySet())',
    '#if($names.get($key.toLowerCase()) && $given.get($key) != "")#set($number = $number + 1)',
    `${attribute}.Name=$names.get($key.toLowerCase())${attribute}.Value.DataType=String`,
    `${attribute}.Value.StringValue=$util.urlEncode($given.get($key))#end#end`,
  ].join('');
}

const RESPONSES = [
  // The template does not read SQS's answer: if that failed, a message that was sent would seem not to have been.
  { status: '200', pattern: undefined, text: '{"message":"sent"}' },
  { status: '400', pattern: '4\\d{2}', text: '{"message":"The queue does not take this message."}' },
  { status: '500', pattern: '5\\d{2}', text: '{"message":"The queue did not answer: send again."}' },
] as const;

const HASH_LENGTH = 10;

/**
 * A deployment is a snapshot of the API, which later changes of the API do not reach: when the method changes, a deployment
 * with another id is made.
 */
function deploymentId(subject: Subject, method: Resource): string {
  const { webhookRestApi, webhookMethod } = subject.worker.extensions;
  const picture = JSON.stringify([method, webhookRestApi, webhookMethod]);
  const hash = createHash('sha256').update(picture).digest('hex').slice(0, HASH_LENGTH);
  return `${idOf(subject, 'webhookDeployment')}${hash}`;
}

function deployment(subject: Subject, id: string): Resources {
  return {
    [id]: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: idOf(subject, 'webhookMethod'),
      Properties: { RestApiId: ref(idOf(subject, 'webhookRestApi')) },
    },
  };
}

function stage(subject: Subject, { throttle }: Webhook, deployed: string): Resources {
  return named(subject, 'webhookRestStage', {
    Type: 'AWS::ApiGateway::Stage',
    Properties: {
      RestApiId: ref(idOf(subject, 'webhookRestApi')),
      DeploymentId: ref(deployed),
      StageName: STAGE,
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: throttle.rate,
          ThrottlingBurstLimit: throttle.burst,
        },
      ],
    },
  });
}

/** API Gateway makes the key's value, and shows it to those who are allowed to read it. */
function apiKey(subject: Subject, { throttle }: Webhook, name: string): Resources {
  return {
    ...named(subject, 'webhookApiKey', {
      Type: 'AWS::ApiGateway::ApiKey',
      Properties: { Name: name, Enabled: true },
    }),
    ...named(subject, 'webhookUsagePlan', {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: {
        UsagePlanName: name,
        ApiStages: [
          { ApiId: ref(idOf(subject, 'webhookRestApi')), Stage: ref(idOf(subject, 'webhookRestStage')) },
        ],
        Throttle: { RateLimit: throttle.rate, BurstLimit: throttle.burst },
      },
    }),
    ...named(subject, 'webhookUsagePlanKey', {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: {
        KeyId: ref(idOf(subject, 'webhookApiKey')),
        KeyType: 'API_KEY',
        UsagePlanId: ref(idOf(subject, 'webhookUsagePlan')),
      },
    }),
  };
}
