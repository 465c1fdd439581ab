import type { SendClients } from '../operations/send';
import { UserError } from '../errors/user-error';
import type { AwsCredentials, AwsProvider } from './framework';

/** How a client of the AWS SDK reaches its service. */
interface ClientSettings {
  region: string;
  endpoint?: string;
  credentials: AwsCredentials | (() => Promise<AwsCredentials>);
  useQueueUrlAsEndpoint: false;
}

/** The emulator takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Clients for the emulator of `sls watchbot local`. */
export function localClients(provider: AwsProvider, endpoint: string): Promise<SendClients> {
  return createClients({
    region: provider.getRegion(),
    endpoint,
    credentials: LOCAL_CREDENTIALS,
    useQueueUrlAsEndpoint: false,
  });
}

/** Clients for AWS, with the framework's own credentials, profile and region; the SDK reads `AWS_ENDPOINT_URL`. */
export async function awsClients(provider: AwsProvider): Promise<SendClients> {
  const credentials = await credentialsOf(provider);
  return createClients({ region: provider.getRegion(), credentials, useQueueUrlAsEndpoint: false });
}

/** The SDK's warning about old versions of Node is for whoever maintains a service, not for each of its commands. */
async function createClients(settings: ClientSettings): Promise<SendClients> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const [{ SQSClient }, { SNSClient }] = await Promise.all([
    import('@aws-sdk/client-sqs'),
    import('@aws-sdk/client-sns'),
  ]);
  return { sqs: new SQSClient(settings), sns: new SNSClient(settings) };
}

async function credentialsOf(provider: AwsProvider): Promise<ClientSettings['credentials']> {
  if (provider.getAwsSdkV3CredentialsProvider !== undefined) return provider.getAwsSdkV3CredentialsProvider();
  const { credentials } = provider.getCredentials();
  await credentials?.getPromise?.();
  if (credentials === undefined) throw noCredentials();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function noCredentials(): UserError {
  return UserError.of({
    code: 'WATCHBOT_NOT_DEPLOYED',
    place: 'AWS credentials',
    given: 'none',
    advice: 'set --aws-profile, AWS_PROFILE or AWS_ACCESS_KEY_ID; `--local` needs none',
  });
}
