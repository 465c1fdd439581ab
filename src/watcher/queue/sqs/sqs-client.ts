import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import { Connection, type CallOptions } from '../../aws/connection';
import { findSqs } from '../../aws/destination';
import type { Clock } from '../../clock';
import type { SqsActions } from './actions';

/**
 * SQS's JSON protocol. The SDK's general way through a call would take at short jobs half of what the watcher needs.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export interface SqsClient {
  /**
   * One call, which is not made again where it fails.
   * @throws {AwsError} where SQS refuses
   * @throws {Error} where it does not answer, or there is no region or no credentials
   */
  call<Name extends keyof SqsActions>(
    name: Name,
    input: SqsActions[Name]['input'],
    options?: CallOptions,
  ): Promise<SqsActions[Name]['output']>;
  /** Closes the connections. */
  destroy(): void;
}

export interface SqsClientParts {
  clock: Clock;
  /** By which requests are signed. */
  timeOfDay: Pick<Clock, 'now'>;
  /** In which proxies are named. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** What the SDK is not to find by itself. */
  config?: SQSClientConfig;
}

export function createSqsClient({ config = {}, ...parts }: SqsClientParts): SqsClient {
  const connection = new Connection({
    ...parts,
    target: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    findDestination: () => findSqs(config),
  });
  return {
    call: (name, input, options) => connection.call(name, input, options),
    destroy: () => {
      connection.close();
    },
  };
}
