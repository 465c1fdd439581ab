import { Type } from '@sinclair/typebox';
import { strictObject } from './values';

/** A validator fills in no defaults within a choice. */
export const REDUCE_DEFAULTS = { pointInTimeRecovery: false } as const;

export const ReduceSchema = Type.Union(
  [
    Type.Boolean(),
    strictObject({
      pointInTimeRecovery: Type.Optional(
        Type.Boolean({
          default: REDUCE_DEFAULTS.pointInTimeRecovery,
          description: 'The table can be set back to any second of the last 35 days.',
        }),
      ),
    }),
  ],
  {
    default: false,
    title: '`true`, `false` or {pointInTimeRecovery}',
    description:
      'Reduce mode: a DynamoDB table that keeps the progress of jobs in parts, and `watchbot-progress` by which workers read and write it (docs/reduce.md). Its ARN is in the environment variable `ProgressTable`.',
  },
);
