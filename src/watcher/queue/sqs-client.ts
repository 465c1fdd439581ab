import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';

/** The SDK waits for ever by default: one connection that was cut without a word would end the loop. */
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** Longer than a long poll, in which nothing is sent for up to 20 s. */
const SILENCE_TIMEOUT_MS = 30_000;

/** The queue's URL says which queue; where calls go is for the region and `AWS_ENDPOINT_URL` to say. */
export function createSqsClient(config: SQSClientConfig = {}): SQSClient {
  return new SQSClient({
    useQueueUrlAsEndpoint: false,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: SILENCE_TIMEOUT_MS,
    },
    ...config,
  });
}
