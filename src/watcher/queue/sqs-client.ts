import {
  type ChangeMessageVisibilityBatchRequest,
  type ChangeMessageVisibilityBatchResult,
  type DeleteMessageBatchRequest,
  type DeleteMessageBatchResult,
  ReceiveMessageCommand,
  type ReceiveMessageRequest,
  type ReceiveMessageResult,
  type SendMessageRequest,
  type SendMessageResult,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { AwsJsonClient, longestCallMs, type CallOptions, type Destination } from '../../aws-json/client';
import type { Clock } from '../../shared/clock';
import { LONG_POLL_SECONDS } from './queue';

/**
 * SQS's JSON protocol. With short jobs, the SDK's own calls would take half of the processor's time that the watcher uses.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export interface SqsClient {
  /**
   * @throws {AwsError} if SQS refuses
   * @throws {Error} if it does not answer, or there is no region or there are no credentials
   */
  call<Name extends keyof SqsActions>(
    name: Name,
    input: SqsActions[Name]['input'],
    options?: CallOptions,
  ): Promise<SqsActions[Name]['output']>;
  /** Closes the connections. */
  destroy(): void;
}

export interface SqsClientOptions {
  clock: Clock;
  /** The time of day with which requests are signed. */
  timeOfDay: Pick<Clock, 'now'>;
  /** It may name a proxy. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** What the SDK does not have to find by itself. */
  config?: SQSClientConfig;
}

export function createSqsClient({ config = {}, ...options }: SqsClientOptions): SqsClient {
  const client = new AwsJsonClient({
    ...options,
    target: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    findDestination: () => findSqs(config),
  });
  return {
    call: (name, input, options) => client.call(name, input, options),
    destroy: () => {
      client.close();
    },
  };
}

/** The watcher's requests to SQS and the answers, as they pass over the network. */
export interface SqsActions {
  ReceiveMessage: Action<ReceiveMessageRequest, ReceiveMessageResult>;
  DeleteMessageBatch: Action<DeleteMessageBatchRequest, DeleteMessageBatchResult>;
  ChangeMessageVisibilityBatch: Action<
    ChangeMessageVisibilityBatchRequest,
    ChangeMessageVisibilityBatchResult
  >;
  SendMessage: Action<SendMessageRequest, SendMessageResult>;
}

interface Action<Input, Output> {
  input: Wire<Input>;
  /** What comes over the network may lack anything. */
  output: Partial<Wire<Output>>;
}

/** In JSON, bytes are in Base64. */
export type Wire<Value> = Value extends Uint8Array
  ? string
  : Value extends object
    ? { [Key in keyof Value]: Wire<Value[Key]> }
    : Value;

/** A poll that takes longer has been lost on the way. */
export const POLL_TIMEOUT_MS = (LONG_POLL_SECONDS + 5) * 1000;

export const LONGEST_POLL_MS = longestCallMs(POLL_TIMEOUT_MS);

/**
 * Finds SQS as every SDK of AWS does: by environment, configuration files, the container's credentials, FIPS and dual-stack
 * endpoints. The queue's URL says which queue is meant; the region and `AWS_ENDPOINT_URL` say where calls go.
 * @throws if there is no region
 */
export async function findSqs(config: SQSClientConfig): Promise<Destination> {
  const client = createSdkClient(config);
  const { url } = await getEndpointFromInstructions({}, ReceiveMessageCommand, { ...client.config });
  return { endpoint: url, signer: await client.config.signer() };
}

/** A client that is only asked where to call and how to sign. */
export const createSdkClient = (config: SQSClientConfig) =>
  new SQSClient({ useQueueUrlAsEndpoint: false, ...config });
