/**
 * What can be wrong with a call of `watchbot-progress`. A code is never used again for something else.
 */
export const PROGRESS_ERRORS = {
  NO_TABLE: 'The environment names no table.',
  ARGUMENTS: 'A call that means nothing.',
  UNKNOWN_JOB: 'No total has been set for the job.',
  PART: 'A part that the job does not have.',
  TOTAL: 'A number of parts that no job can have.',
  TABLE: 'DynamoDB refused, or did not answer.',
} as const;

export type ProgressErrorCode = keyof typeof PROGRESS_ERRORS;

/** A mistake, or a table out of reach: its message is for people. */
export class ProgressError extends Error {
  override readonly name = 'ProgressError';
  readonly code: ProgressErrorCode;

  constructor(code: ProgressErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
