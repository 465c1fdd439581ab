import { SQSClient, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { awsClients } from '../../src/plugin/clients';
import { credentialsProvider } from '../../src/plugin/credentials';
import type { AwsProvider, CredentialsAnswer } from '../../src/plugin/framework';
import { json, startTestServer } from '../helpers/http-server';

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const SESSION = { ...KEYS, sessionToken: 'token' };

/** The form of version 2 of AWS's SDK, in which the credentials of a profile with a role appear only after waiting. */
function legacy(
  states: readonly { accessKeyId?: string; secretAccessKey?: string; sessionToken?: string | null }[],
  expireTime: Date | null = null,
) {
  const credentials = {
    expired: false,
    expireTime,
    sessionToken: null as string | null | undefined,
    ...states[0],
    getPromise: jest.fn(() => {
      Object.assign(
        credentials,
        states[Math.min(credentials.getPromise.mock.calls.length, states.length) - 1],
      );
      return Promise.resolve();
    }),
  };
  return credentials;
}

const refusal = (code: string, message: string) =>
  Object.assign(new Error(message), { name: 'ServerlessError', code });

interface Case {
  framework: string;
  answer: string;
  provider: Partial<AwsProvider>;
  given: object;
}

/** The answer of Serverless 4 has all of these keys, `undefined` if there is no value. */
const flat = (credentials: object) => ({
  accessKeyId: undefined,
  secretAccessKey: undefined,
  sessionToken: undefined,
  accountId: '123456789012',
  callerUserId: undefined,
  callerArn: undefined,
  ...credentials,
});

const asking = (getCredentials: () => unknown) =>
  ({ getCredentials }) as unknown as Pick<AwsProvider, 'getCredentials'>;

/** What osls 4 has instead of version 2 of AWS's SDK. */
const REMOVED = {
  getCredentials: () => {
    throw refusal('AWS_SDK_V2_SURFACE_REMOVED', 'provider.getCredentials() is no longer available');
  },
  get sdk(): never {
    throw refusal('AWS_SDK_V2_SURFACE_REMOVED', 'provider.sdk is no longer available');
  },
};

const FOUND: Case[] = [
  {
    framework: 'osls 4',
    answer: 'the settings of its own clients',
    provider: Object.assign(Object.create(REMOVED) as AwsProvider, {
      getAwsSdkV3Config: () =>
        Promise.resolve({ region: 'eu-west-1', credentials: () => Promise.resolve(SESSION) }),
      getAwsSdkV3CredentialsProvider: () => () => Promise.resolve(SESSION),
    }),
    given: SESSION,
  },
  {
    framework: 'osls',
    answer: 'a provider of credentials, and no settings',
    provider: Object.assign(Object.create({ getCredentials: REMOVED.getCredentials }) as AwsProvider, {
      getAwsSdkV3CredentialsProvider: () => () => Promise.resolve(SESSION),
    }),
    given: SESSION,
  },
  {
    framework: 'Serverless 4.41',
    answer: 'flat, by a promise: of the environment',
    provider: asking(() => Promise.resolve(flat(KEYS))),
    given: KEYS,
  },
  {
    framework: 'Serverless 4.41',
    answer: 'flat, by a promise: of a session',
    provider: asking(() => Promise.resolve(flat(SESSION))),
    given: SESSION,
  },
  {
    framework: 'Serverless 4.0',
    answer: 'flat, by a promise, and always the same',
    provider: asking(
      (
        (kept) => () =>
          Promise.resolve(kept)
      )({ ...SESSION }),
    ),
    given: SESSION,
  },
  {
    framework: 'Serverless 3',
    answer: 'of the environment',
    provider: asking(() => ({ credentials: legacy([KEYS]) })),
    given: KEYS,
  },
  {
    framework: 'Serverless 3',
    answer: 'of a profile with a role, which must be waited for',
    provider: asking(() => ({ credentials: legacy([SESSION]), signatureVersion: 'v4' })),
    given: SESSION,
  },
  {
    framework: 'Serverless 3',
    answer: 'without a promise',
    provider: asking(() => ({ credentials: KEYS })),
    given: KEYS,
  },
];

const NONE: (Omit<Case, 'given'> & { given: string })[] = [
  {
    framework: 'Serverless 4.41',
    answer: 'none',
    provider: asking(() => Promise.resolve(flat({}))),
    given: 'none',
  },
  {
    framework: 'Serverless 4.41',
    answer: 'a refusal by a promise',
    provider: asking(() =>
      Promise.reject(refusal('AWS_CREDENTIALS_MISSING', 'AWS credentials missing or invalid.')),
    ),
    given: 'AWS credentials missing or invalid.',
  },
  { framework: 'Serverless 3', answer: 'none', provider: asking(() => ({})), given: 'none' },
  {
    framework: 'Serverless 3',
    answer: 'an unknown profile',
    provider: asking(() => {
      throw refusal('UNRECOGNIZED_AWS_PROFILE', 'AWS profile "nobody" doesn\'t seem to be configured');
    }),
    given: 'AWS profile "nobody" doesn\'t seem to be configured',
  },
  {
    framework: 'Serverless 3',
    answer: 'a role that may not be taken',
    provider: asking(() => ({
      credentials: { ...KEYS, getPromise: () => Promise.reject(new Error('not authorized: sts:AssumeRole')) },
    })),
    given: 'not authorized: sts:AssumeRole',
  },
];

const providerOf = (given: Partial<AwsProvider>): AwsProvider =>
  Object.assign(given, { getRegion: () => 'eu-west-1' }) as AwsProvider;

describe('credentials', () => {
  it.each(FOUND)('of $framework: $answer', async ({ provider, given }) => {
    const client = await awsClients(providerOf(provider)).sqs();
    expect(await client.config.credentials()).toMatchObject(given);
    expect(await client.config.region()).toBe('eu-west-1');
  });

  it.each(NONE)('of $framework, which has $answer, are reported as missing', async ({ provider, given }) => {
    await expect(awsClients(providerOf(provider)).sqs()).rejects.toMatchObject({
      code: 'WATCHBOT_CREDENTIALS',
      problems: [
        {
          place: 'AWS credentials',
          given,
          advice: 'log in again, or set --aws-profile, AWS_PROFILE or AWS_ACCESS_KEY_ID',
        },
      ],
    });
  });

  it('have no session token if there is none', async () => {
    const provider = providerOf(asking(() => ({ credentials: legacy([{ ...KEYS, sessionToken: null }]) })));
    const client = await awsClients(provider).sqs();
    expect(await client.config.credentials()).not.toHaveProperty('sessionToken');
  });
});

describe('credentials that expire', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** The keys by which the calls were signed, each call a minute and a second after the one before. */
  async function keysOf(provider: Pick<AwsProvider, 'getCredentials'>, calls: number): Promise<string[]> {
    const server = await startTestServer(json({ QueueUrls: [] }));
    const clock = jest.spyOn(Date, 'now');
    let now = new Date('2026-01-01').getTime();
    clock.mockImplementation(() => now);
    try {
      const given = await awsClients(providerOf(provider)).sqs();
      const { credentials } = given.config;
      const client = new SQSClient({ region: 'eu-west-1', endpoint: server.url, credentials });
      for (let call = 0; call < calls; call += 1) {
        await client.send(new ListQueuesCommand({}));
        now += 61_000;
      }
      return server.requests.map(
        ({ headers }) => /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '',
      );
    } finally {
      await server.stop();
    }
  }

  it('are requested from Serverless 4 again, which renews them', async () => {
    const keys = ['first', 'first', 'second', 'second'];
    const provider = asking(() =>
      Promise.resolve(flat({ ...SESSION, accessKeyId: keys.shift() ?? 'third' })),
    );
    // The first key is requested before the client is made.
    expect(await keysOf(provider, 4)).toEqual(['first', 'second', 'second', 'third']);
  });

  it('are waited for again in Serverless 3', async () => {
    const credentials = legacy([
      { ...SESSION, accessKeyId: 'first' },
      { ...SESSION, accessKeyId: 'first' },
      { ...SESSION, accessKeyId: 'second' },
    ]);
    expect(
      await keysOf(
        asking(() => ({ credentials })),
        3,
      ),
    ).toEqual(['first', 'second', 'second']);
  });

  it('expire when the framework says so, if that is sooner', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(0);
    const ending = (expireTime: Date) =>
      credentialsProvider(() => ({ credentials: legacy([SESSION], expireTime) }))();
    expect(await ending(new Date(1000))).toMatchObject({ expiration: new Date(1000) });
    expect(await ending(new Date(3_600_000))).toMatchObject({ expiration: new Date(360_000) });
  });

  it('are requested once for calls at the same moment', async () => {
    const getCredentials = jest.fn<() => Promise<CredentialsAnswer>>(() => Promise.resolve(flat(KEYS)));
    const client = await awsClients(providerOf({ getCredentials })).sqs();
    await Promise.all(Array.from({ length: 20 }, () => client.config.credentials()));
    expect(getCredentials).toHaveBeenCalledTimes(2);
  });
});

describe('the connection to AWS', () => {
  afterEach(() => {
    delete process.env.AWS_ENDPOINT_URL;
  });

  async function callBy(agent: HttpAgent): Promise<unknown> {
    const server = await startTestServer(json({ QueueUrls: [] }));
    process.env.AWS_ENDPOINT_URL = server.url;
    const sdk = { config: { httpOptions: { agent } } };
    const provider = providerOf({ ...asking(() => Promise.resolve(flat(KEYS))), sdk });
    try {
      const client = await awsClients(provider).sqs();
      return await client.send(new ListQueuesCommand({}));
    } finally {
      await server.stop();
    }
  }

  it('uses the agent of the framework, which knows the proxy', async () => {
    const agent = new HttpAgent();
    const connect = jest.spyOn(agent, 'createConnection' as never);
    await callBy(agent);
    expect(connect).toHaveBeenCalled();
  });

  it('also works with plain HTTP if the agent is for HTTPS only', async () => {
    await expect(callBy(new HttpsAgent())).resolves.toMatchObject({ QueueUrls: [] });
  });
});
