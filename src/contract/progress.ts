/** What the table of reduce mode and the workers' `watchbot-progress` both know. */
export const ProgressAttribute = {
  /** The table's only key: the name of a job. */
  id: 'id',
  /** Seconds since 1970, after which DynamoDB removes the item. */
  expires: 'expires',
} as const;

/** As workers call it. */
export const PROGRESS_COMMAND = 'watchbot-progress';
