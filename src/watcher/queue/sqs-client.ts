import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { ANSWER_TIMEOUT_MS, CONNECT_TIMEOUT_MS, MAX_ATTEMPTS, SILENCE_TIMEOUT_MS } from './timeouts';

/** The queue's URL says which queue; where calls go is for the region and `AWS_ENDPOINT_URL` to say. */
export function createSqsClient(config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({
    useQueueUrlAsEndpoint: false,
    // Else one message whose sum is wrong would take all of its poll with it; TLS guards what comes over the network.
    md5: false,
    // What the container's environment says of retries is for the worker; how long a call can take is counted on here.
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: SILENCE_TIMEOUT_MS,
    },
    ...config,
  });
}
