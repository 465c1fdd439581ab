import { Type } from '@sinclair/typebox';
import { API_GATEWAY } from '../limits';
import { oneOf, orIntrinsic, strictObject, stringOrIntrinsic, textLike } from './values';

/** Watchbot's limits of v0 to v3. A validator fills in no defaults within a choice. */
export const WEBHOOK_DEFAULTS = { rate: 5, burst: 20 } as const;

const Jwt = strictObject(
  {
    issuer: orIntrinsic(textLike('^https://\\S+$', 'a URL like https://tokens.example.com'), {
      description: "URL of the tokens' issuer, an OpenID Connect provider.",
    }),
    audience: Type.Array(stringOrIntrinsic(), {
      title: 'a list of audiences',
      minItems: 1,
      maxItems: API_GATEWAY.maxAudiences,
      uniqueItems: true,
      description: 'For whom tokens are issued; a token needs one of them.',
    }),
    scopes: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        title: 'a list of scopes',
        minItems: 1,
        maxItems: API_GATEWAY.maxScopes,
        uniqueItems: true,
        description: 'A token needs one of them.',
      }),
    ),
  },
  { title: '{issuer, audience, scopes}', description: 'Tokens of an OpenID Connect provider.' },
);

export const WebhookSchema = strictObject(
  {
    authorization: Type.Union([oneOf(['apiKey', 'iam', 'none']), strictObject({ jwt: Jwt })], {
      title: 'apiKey, iam, none or {jwt: {issuer, audience, scopes}}',
      description:
        'Who may send. `apiKey`: whoever has the key that API Gateway makes, in the header `x-api-key`. `iam`: requests signed with AWS credentials. `jwt`: requests with a token. `none`: everybody.',
    }),
    throttle: strictObject(
      {
        rate: Type.Integer({
          default: WEBHOOK_DEFAULTS.rate,
          minimum: 1,
          maximum: API_GATEWAY.maxRate,
          description: 'Requests a second, over time.',
        }),
        burst: Type.Integer({
          default: WEBHOOK_DEFAULTS.burst,
          minimum: 1,
          maximum: API_GATEWAY.maxBurst,
          description: 'Requests at once.',
        }),
      },
      {
        title: '{rate, burst}',
        default: {},
        description: 'How many requests are let through; more are answered with 429.',
      },
    ),
    messageGroupId: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        pattern: '^[A-Za-z0-9_-]+$',
        title: 'letters, digits, dashes and underscores',
        description: 'The message group of what comes from here: required with a FIFO queue, and only there.',
      }),
    ),
  },
  {
    title: '{authorization, throttle, messageGroupId}',
    description:
      'An address that takes `POST` requests whose body is the message. API Gateway sends it to the queue, without a function between them. A worker has at most one.',
  },
);
