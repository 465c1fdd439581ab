import { parseRefusal } from '../../aws-json/refusal';

/** A service of AWS, or what stands before it, has answered that it did not do what it was asked for. */
export class AwsError extends Error {
  /** AWS's own code, as `QueueDoesNotExist`. */
  override readonly name: string;

  constructor(status: number, body: string) {
    const { code, text } = parseRefusal(body);
    super(text ?? `HTTP status ${status}`);
    this.name = code ?? 'AwsError';
  }
}

/** It was refused by the time of day, which has been set since. */
export class ClockSkewError extends AwsError {}

/** It was refused by its credentials, which are asked for anew. */
export class StaleCredentialsError extends AwsError {}
