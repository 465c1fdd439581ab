import { createHash } from 'node:crypto';
import type { Webhook } from '../../../config/configuration';
import { getAtt, ref, sub, type Resource, type Resources } from '../../cloudformation';
import { queuePath } from '../queue-references';
import { idOf, named, type Subject } from '../subject';
import { webhookRoleArn } from './webhook-role';

/** Path of the address, and name of the stage: Watchbot's. */
const STAGE = 'watchbot';

/** A REST API with one method, `POST /`, that sends its body to the queue for whoever has the key. */
export function restApi(subject: Subject, settings: Webhook, name: string): Resources {
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

/** What a body may be called, as senders write it; nothing else is let through, see `PassthroughBehavior`. */
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
        // A body that passed as it came would be the request to SQS itself, with whatever parameters its sender likes.
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
 * two equal bodies, and its sender get a 200: each request has an id, of which this one cannot be set by its sender.
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
  // Nothing of SQS's answer is read: if that failed, a message that was sent would seem not to have been.
  { status: '200', pattern: undefined, text: '{"message":"sent"}' },
  { status: '400', pattern: '4\\d{2}', text: '{"message":"The queue does not take this message."}' },
  { status: '500', pattern: '5\\d{2}', text: '{"message":"The queue did not answer: send again."}' },
] as const;

const HASH_LENGTH = 10;

/**
 * A deployment is a picture of the API as it was when it was made, and does not change with it: one with another id is
 * made when the method has changed.
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

/** The key's value is API Gateway's to make and to show, to those who may read it. */
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
