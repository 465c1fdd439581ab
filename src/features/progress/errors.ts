/** What can be wrong with a call of `watchbot-progress`. A code never changes its meaning. */
export type ProgressErrorCode =
  /** The environment names no table. */
  | 'NO_TABLE'
  /** The call cannot be understood. */
  | 'ARGUMENTS'
  /** No total has been set for the job. */
  | 'UNKNOWN_JOB'
  /** The job does not have this part. */
  | 'PART'
  /** No job can have this number of parts. */
  | 'TOTAL'
  /** DynamoDB refused, or did not answer. */
  | 'TABLE';

/** A mistake of the caller, or a table out of reach. The message is for people. */
export class ProgressError extends Error {
  override readonly name = 'ProgressError';
  readonly code: ProgressErrorCode;

  constructor(code: ProgressErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
