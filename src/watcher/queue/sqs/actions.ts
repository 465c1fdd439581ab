import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  ReceiveMessageRequest,
  ReceiveMessageResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';

/** What the watcher asks of SQS, and what is answered, as they pass over the network. */
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
  /** Nothing is sure of what comes from elsewhere. */
  output: Partial<Wire<Output>>;
}

/** In JSON, bytes are in Base64. */
export type Wire<Value> = Value extends Uint8Array
  ? string
  : Value extends object
    ? { [Key in keyof Value]: Wire<Value[Key]> }
    : Value;
