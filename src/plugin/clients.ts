import { Agent as HttpsAgent } from 'node:https';
import { lazyClients, type Clients, type ClientSettings } from '../features/stack/clients';
import { credentialsProvider } from './credentials';
import type { AwsProvider, AwsSdkConfig } from './framework';

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
  const settings = { region: provider.getRegion(), ...requestHandler(provider) };
  const given = provider.getAwsSdkV3CredentialsProvider?.();
  if (given !== undefined) return { ...settings, credentials: given };
  const credentials = credentialsProvider(() => provider.getCredentials());
  // That there are none is told before anything is called.
  await credentials();
  return { ...settings, credentials };
}

function requestHandler({ sdk }: AwsProvider): Pick<AwsSdkConfig, 'requestHandler'> {
  const agent = sdk?.config.httpOptions?.agent;
  if (agent === undefined) return {};
  // An agent that only knows certificates refuses plain HTTP; one of a proxy takes both.
  const plain = agent instanceof HttpsAgent ? {} : { httpAgent: agent };
  return { requestHandler: { httpsAgent: agent, ...plain } };
}

/** The SDK's warning about old versions of Node is for whoever maintains a service, not for each of its commands. */
function silenceNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
