import { createHash } from 'node:crypto';
import type { Jwt, Webhook } from '../config/configuration';
import { sourceName } from '../config/names';
import { assumedBy, getAtt, ref, sub } from './cloudformation';
import { queuePath, queueUrl } from './queue-references';
import { roleArn } from './identities';
import type { PropertiesOf, Resource, Resources, Role } from './resource-types';
import { queueSendPolicy } from './sending';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';

/**
 * An address that takes messages by HTTP. Only REST APIs know API keys, and only HTTP APIs know tokens; both know the rest,
 * and HTTP APIs cost less.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
 */
export function webhook(subject: Subject): Resources {
  const settings = subject.worker.events.webhook;
  if (settings === undefined) return {};
  const name = sourceName(subject.configuration.context, idOf(subject, 'webhookApi'));
  const api = settings.authorization === 'apiKey' ? restApi : httpApi;
  const role = settings.role === undefined ? named(subject, 'webhookRole', neededWebhookRole(subject)) : {};
  return { ...role, ...api(subject, settings, name) };
}

/** The address to which messages are sent. */
export function webhookUrl(subject: Subject) {
  const host = `\${${idOf(subject, 'webhookApi')}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`;
  const isRest = subject.worker.events.webhook?.authorization === 'apiKey';
  return sub(isRest ? `https://${host}/\${${idOf(subject, 'webhookStage')}}/` : `https://${host}/`);
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

/** A REST API with one method, `POST /`, which sends its body to the queue for whoever has the key. */
function restApi(subject: Subject, settings: Webhook, name: string): Resources {
  const method = methodOf(subject, settings);
  const deployed = deploymentId(subject, method);
  return {
    ...named(subject, 'webhookApi', {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Name: name, ApiKeySourceType: 'HEADER', EndpointConfiguration: { Types: ['REGIONAL'] } },
    }),
    ...named(subject, 'webhookMethod', method),
    ...deployment(subject, deployed),
    ...stage(subject, settings, deployed),
    ...apiKey(subject, settings, name),
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
]);

function methodOf(subject: Subject, { messageGroupId }: Webhook): Resource {
  const apiId = ref(idOf(subject, 'webhookApi'));
  return {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: apiId,
      ResourceId: getAtt(idOf(subject, 'webhookApi'), 'RootResourceId'),
      HttpMethod: 'POST',
      AuthorizationType: 'NONE',
      ApiKeyRequired: true,
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
        RequestTemplates: Object.fromEntries(
          CONTENT_TYPES.map((type) => [type, requestTemplate(messageGroupId)]),
        ),
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
function requestTemplate(messageGroupId: string | undefined): string {
  const group =
    messageGroupId === undefined
      ? ''
      : `&MessageGroupId=${messageGroupId}&MessageDeduplicationId=$util.urlEncode($context.extendedRequestId)`;
  return `Action=SendMessage${group}&MessageBody=$util.urlEncode($input.body)`;
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
  const { webhookApi, webhookMethod } = subject.worker.extensions;
  const picture = JSON.stringify([method, webhookApi, webhookMethod]);
  const hash = createHash('sha256').update(picture).digest('hex').slice(0, HASH_LENGTH);
  return `${idOf(subject, 'webhookDeployment')}${hash}`;
}

function deployment(subject: Subject, id: string): Resources {
  return {
    [id]: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: idOf(subject, 'webhookMethod'),
      Properties: { RestApiId: ref(idOf(subject, 'webhookApi')) },
    },
  };
}

function stage(subject: Subject, { throttle }: Webhook, deployed: string): Resources {
  return named(subject, 'webhookStage', {
    Type: 'AWS::ApiGateway::Stage',
    Properties: {
      RestApiId: ref(idOf(subject, 'webhookApi')),
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
        ApiStages: [{ ApiId: ref(idOf(subject, 'webhookApi')), Stage: ref(idOf(subject, 'webhookStage')) }],
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
