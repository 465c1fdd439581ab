import { UserError } from '../errors/user-error';
import type { AwsCredentials, CredentialsAnswer, GivenCredentials } from './framework';

/** Credentials in the form of the AWS SDK. */
interface EndingCredentials extends AwsCredentials {
  /** The SDK asks for new ones five minutes before. */
  expiration: Date;
}

type Ask = () => CredentialsAnswer | Promise<CredentialsAnswer>;

/** Frameworks renew what expires, but not all of them say when that is, so each is asked again after a minute. */
const TOLD_MS = 6 * 60_000;

/**
 * Makes a provider of credentials for the AWS SDK from the framework's answers. Serverless 4 answers with a promise
 * of flat credentials; Serverless 3 and osls 3 with an object of version 2 of AWS's SDK, which may have to be loaded
 * first.
 * @param ask the framework's `provider.getCredentials()`
 * @throws {UserError} `WATCHBOT_CREDENTIALS` if it has none, or cannot get them
 */
export function credentialsProvider(ask: Ask): () => Promise<EndingCredentials> {
  return async () => {
    const { accessKeyId, secretAccessKey, sessionToken, expireTime } = await foundBy(ask);
    // Empty credentials are none, too.
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
    // This renews credentials that have expired, and changes the object.
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
