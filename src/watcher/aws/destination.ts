import { ReceiveMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { RequestSigner } from '@smithy/types';

/** Where a service is, and who signs what goes there. */
export interface Destination {
  endpoint: URL;
  signer: RequestSigner;
}

/**
 * As every SDK of AWS finds it: environment, configuration files, the container's credentials, FIPS and dual-stack
 * endpoints. The queue's URL says which queue; where calls go is for the region and `AWS_ENDPOINT_URL` to say.
 * @throws where there is no region
 */
export async function findSqs(config: SQSClientConfig): Promise<Destination> {
  const client = createClient(config);
  const { url } = await getEndpointFromInstructions({}, ReceiveMessageCommand, { ...client.config });
  return { endpoint: url, signer: await client.config.signer() };
}

/**
 * ECS, by SQS's client: all that the watcher asks of it are two calls, and its own client is larger than the watcher.
 * Their endpoints differ in the service's name: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
 * @throws where there is no region
 */
export async function findEcs(
  config: SQSClientConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Destination> {
  const client = createClient(config);
  const signingRegion = await client.config.region();
  const { url } = client.config.endpointProvider({
    Region: signingRegion,
    UseFIPS: await client.config.useFipsEndpoint(),
    UseDualStack: await client.config.useDualstackEndpoint(),
  });
  const given = environment.AWS_ENDPOINT_URL_ECS || environment.AWS_ENDPOINT_URL;
  const scheme = { name: 'sigv4', signingName: 'ecs', signingRegion, properties: {} };
  return {
    endpoint: new URL(given || url.href.replace('//sqs', '//ecs')),
    signer: await client.config.signer(scheme),
  };
}

const createClient = (config: SQSClientConfig) => new SQSClient({ useQueueUrlAsEndpoint: false, ...config });
