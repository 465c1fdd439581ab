import { Agent as HttpsAgent } from 'node:https';
import { lazyClients, type Clients, type ClientSettings } from '../features/stack/clients';
import { credentialsProvider } from './credentials';
import type { AwsProvider, AwsSdkConfig } from './framework';
import { proxyAgent } from './proxy-agent';

/** The emulator accepts any credentials. */
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
 * The framework's own credentials, profile and region; the SDK itself reads `AWS_ENDPOINT_URL`. It must be called
 * before a client is loaded, so that the SDK does not warn.
 */
async function awsSettings(provider: AwsProvider): Promise<ClientSettings> {
  silenceNodeWarning();
  const settings = provider.getAwsSdkV3Config?.() ?? ownSettings(provider);
  return { ...(await settings), useQueueUrlAsEndpoint: false };
}

/** For frameworks that do not tell the settings of their own clients. */
async function ownSettings(provider: AwsProvider): Promise<AwsSdkConfig> {
  const settings = { region: provider.getRegion(), ...requestHandler(provider) };
  const given = provider.getAwsSdkV3CredentialsProvider?.();
  if (given !== undefined) return { ...settings, credentials: given };
  const credentials = credentialsProvider(() => provider.getCredentials());
  // If there are none, that is said before anything is called.
  await credentials();
  return { ...settings, credentials };
}

function requestHandler({ sdk }: AwsProvider): Pick<AwsSdkConfig, 'requestHandler'> {
  const agent = sdk?.config.httpOptions?.agent ?? proxyAgent(process.env);
  if (agent === undefined) return {};
  // An agent with certificates only refuses plain HTTP; an agent for a proxy takes both.
  const plain = agent instanceof HttpsAgent ? {} : { httpAgent: agent };
  return { requestHandler: { httpsAgent: agent, ...plain } };
}

/** The SDK warns of old versions of Node. That is for whoever maintains the service, not for each command. */
function silenceNodeWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
}
