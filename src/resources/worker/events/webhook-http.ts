import type { Jwt, Webhook } from '../../../config/configuration';
import { compact, ref, sub, type Resources } from '../../cloudformation';
import { queueUrl } from '../queue-references';
import { idOf, named, type Subject } from '../subject';
import { webhookRoleArn } from './webhook-role';

/** An HTTP API with one route, `POST /`, that sends its body to the queue. */
export function httpApi(subject: Subject, settings: Webhook, name: string): Resources {
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
      RequestParameters: compact({
        QueueUrl: queueUrl(subject),
        MessageBody: '$request.body',
        MessageGroupId: messageGroupId,
        // Else a FIFO queue would drop the second of two equal bodies, and its sender get a 200.
        MessageDeduplicationId: messageGroupId === undefined ? undefined : '$context.requestId',
      }),
    },
  });
}

function authorization(subject: Subject, { authorization: given }: Webhook) {
  if (typeof given === 'string') return { AuthorizationType: given === 'iam' ? 'AWS_IAM' : 'NONE' };
  return compact({
    AuthorizationType: 'JWT',
    AuthorizerId: ref(idOf(subject, 'webhookAuthorizer')),
    AuthorizationScopes: given.jwt.scopes,
  });
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
