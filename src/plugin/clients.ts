import { lazyClients, type Clients, type ClientSettings } from '../commands/clients';
import { UserError } from '../errors/user-error';
import type { AwsCredentials, AwsProvider, AwsSdkConfig } from './framework';

/** The emulator takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Clients for the emulator of `sls watchbot local`. */
export function localClients(provider: AwsProvider, endpoint: string): Clients {
  return lazyClients(() => {
    silenceNodeWarning();
    const region = provider.getRegion();
    return Promise.resolve({
      region,
      endpoint,
      credentials: LOCAL_CREDENTIALS,
      useQueueUrlAsEndpoint: false,
    });
  });
}

/** Clients for AWS. */
export const awsClients = (provider: AwsProvider): Clients => lazyClients(() => awsSettings(provider));

/**
 * The framework's own credentials, profile and region; the SDK reads `AWS_ENDPOINT_URL`. To be asked for before a client
 * is loaded.
 */
async function awsSettings(provider: AwsProvider): Promise<ClientSettings> {
  silenceNodeWarning();
  const settings = provider.getAwsSdkV3Config?.() ?? ownSettings(provider);
  return { ...(await settings), useQueueUrlAsEndpoint: false };
}

/** For frameworks that do not give the settings of their own clients. */
async function ownSettings(provider: AwsProvider): Promise<AwsSdkConfig> {
  const region = provider.getRegion();
  if (provider.getAwsSdkV3CredentialsProvider !== undefined) {
    return { region, credentials: provider.getAwsSdkV3CredentialsProvider() };
  }
  const credentials = await legacyCredentials(provider);
  const agent = provider.sdk?.config.httpOptions?.agent;
  const handler = agent === undefined ? {} : { requestHandler: { httpsAgent: agent, httpAgent: agent } };
  return { region, credentials, ...handler };
}

/** The SDK's warning about old versions of Node is for whoever maintains a service, not for each of its commands. */
function silenceNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}

async function legacyCredentials(provider: AwsProvider): Promise<AwsCredentials> {
  const credentials = await foundBy(provider);
  if (credentials === undefined) throw noCredentials('none');
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

async function foundBy(provider: AwsProvider): Promise<AwsCredentials | undefined> {
  try {
    const { credentials } = provider.getCredentials();
    await credentials?.getPromise?.();
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
      advice: 'set --aws-profile, AWS_PROFILE or AWS_ACCESS_KEY_ID; `sls watchbot local` needs none',
    },
    cause,
  );
}
