import type { MetricValues } from '../../../scaling/aws/metrics';
import type { Job, Task } from './task';

/** What may happen besides the arrival of a message. */
export type SimulationEvent =
  /** SQS tells of its queue. */
  | { readonly kind: 'measure' }
  /** The alarms see what SQS told. */
  | { readonly kind: 'evaluate'; readonly values: MetricValues }
  | { readonly kind: 'sample' }
  | { readonly kind: 'ready'; readonly task: Task }
  | { readonly kind: 'unprotected'; readonly task: Task }
  | Job
  /** Spot gives notice to a task, and takes it. */
  | { readonly kind: 'interrupt'; readonly task: Task }
  | { readonly kind: 'take'; readonly task: Task };
