/** An option of `sls deploy`. */
export const ALLOW_LOSS = 'allow-loss';

/** The framework adds it to its own command. */
export const DEPLOY_OPTIONS = {
  deploy: {
    options: {
      [ALLOW_LOSS]: {
        type: 'string',
        usage:
          'Logical ids, with commas between, of resources whose data the deploy may delete (serverless-watchbot)',
      },
    },
  },
} as const;
