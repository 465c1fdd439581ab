import { UserError } from '../errors/user-error';
import type { AwsCredentials, CredentialsAnswer, GivenCredentials } from './framework';

/** As the AWS SDK takes them. */
export interface EndingCredentials extends AwsCredentials {
  /** The SDK asks for others five minutes before. */
  expiration: Date;
}

type Ask = () => CredentialsAnswer | Promise<CredentialsAnswer>;

/** Frameworks renew what ends, but not all of them tell when that is: each is asked again after a minute. */
const TOLD_MS = 6 * 60_000;

/**
 * The AWS SDK's provider of credentials, from what the framework answers. Serverless 4 gives them flat, by a promise;
 * Serverless 3 and osls 3 give an object of AWS's second SDK, which may have to be waited for.
 * @param ask the framework's `provider.getCredentials()`
 * @throws {UserError} `WATCHBOT_CREDENTIALS` where it has none, or cannot get at them
 */
export function credentialsProvider(ask: Ask): () => Promise<EndingCredentials> {
  return async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expireTime } = await foundBy(ask);
    // Empty ones are none, too.
    if (!accessKeyId || !secretAccessKey) throw noCredentials('none');
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken ? { sessionToken } : {}),
      expiration: new Date(Math.min(expireTime?.getTime() ?? Infinity, Date.now() + TOLD_MS)),
    };
  };
}

async function foundBy(ask: Ask): Promise<GivenCredentials> {
  try {
    const answer = await ask();
    const credentials = 'credentials' in answer ? (answer.credentials ?? {}) : (answer as GivenCredentials);
    // Renews those that have ended. It changes the object.
    await credentials.getPromise?.();
    return credentials;
  } catch (error) {
    throw noCredentials((error as Error).message, error);
  }
}

function noCredentials(given: string, cause?: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_CREDENTIALS',
      place: 'AWS credentials',
      given,
      allowed: 'AWS credentials that are valid now',
      advice: 'log in again, or set --aws-profile, AWS_PROFILE or AWS_ACCESS_KEY_ID',
    },
    cause,
  );
}
