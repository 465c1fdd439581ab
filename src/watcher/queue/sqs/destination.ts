import { ReceiveMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import type { RequestSigner } from '@smithy/types';

/** Where SQS is, and who signs what goes there. */
export interface Destination {
  endpoint: URL;
  signer: RequestSigner;
}

/**
 * As every SDK of AWS finds it: environment, configuration files, the container's credentials, FIPS and dual-stack
 * endpoints. The queue's URL says which queue; where calls go is for the region and `AWS_ENDPOINT_URL` to say.
 * @throws where there is no region
 */
export async function findDestination(config: SQSClientConfig): Promise<Destination> {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false, ...config });
  const { url } = await getEndpointFromInstructions({}, ReceiveMessageCommand, { ...client.config });
  return { endpoint: url, signer: await client.config.signer() };
}
