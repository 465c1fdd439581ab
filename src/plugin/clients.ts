import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientSettings } from '../commands/clients';
import type { SendClients } from '../operations/send';
import { UserError } from '../errors/user-error';
import type { AwsCredentials, AwsProvider, AwsSdkConfig } from './framework';

/** The emulator takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Clients for the emulator of `sls watchbot local`. */
export function localClients(provider: AwsProvider, endpoint: string): Promise<SendClients> {
  return createClients(localSettings(provider, endpoint));
}

export function localSettings(provider: AwsProvider, endpoint: string): ClientSettings {
  silenceNodeWarning();
  return {
    region: provider.getRegion(),
    endpoint,
    credentials: LOCAL_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
  };
}

export async function sqsClient(provider: AwsProvider): Promise<SQSClient> {
  const settings = await awsSettings(provider);
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  return new SQSClient(settings);
}

export async function ecrClient(provider: AwsProvider): Promise<ECRClient> {
  const settings = await awsSettings(provider);
  const { ECRClient } = await import('@aws-sdk/client-ecr');
  return new ECRClient(settings);
}

export async function cloudFormationClient(provider: AwsProvider): Promise<CloudFormationClient> {
  const settings = await awsSettings(provider);
  const { CloudFormationClient } = await import('@aws-sdk/client-cloudformation');
  return new CloudFormationClient(settings);
}

/**
 * The framework's own credentials, profile and region; the SDK reads `AWS_ENDPOINT_URL`. To be asked for before a client
 * is loaded.
 */
export async function awsSettings(provider: AwsProvider): Promise<ClientSettings> {
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

async function createClients(settings: ClientSettings): Promise<SendClients> {
  const [{ SQSClient }, { SNSClient }] = await Promise.all([
    import('@aws-sdk/client-sqs'),
    import('@aws-sdk/client-sns'),
  ]);
  return { sqs: new SQSClient(settings), sns: new SNSClient(settings) };
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
