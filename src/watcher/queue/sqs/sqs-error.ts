import { parseRefusal } from '../../../aws-json/refusal';

/** SQS, or what stands before it, has answered that it did not do what it was asked for. */
export class SqsError extends Error {
  /** AWS's own code, as `QueueDoesNotExist`. */
  override readonly name: string;

  constructor(status: number, body: string) {
    const { code, text } = parseRefusal(body);
    super(text ?? `HTTP status ${status}`);
    this.name = code ?? 'SqsError';
  }
}

/** It was refused by the time of day, which has been set since. */
export class ClockSkewError extends SqsError {}
