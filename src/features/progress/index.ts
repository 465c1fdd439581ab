import { connectJobs } from './connect';
import type { Completion } from './completion';
import type { Credentials } from './dynamodb/credentials';
import type { CompleteOptions, Status, TotalOptions } from './jobs';
import type { Value } from './store';
import { WorkerVariable } from '../../contract/environment';

export { ProgressError, type ProgressErrorCode } from './errors';
export type { CompleteOptions, Completion, Credentials, Status, TotalOptions };

/** What can be kept with a job. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface ProgressOptions {
  /** Instead of the process's own environment: `ProgressTable`, credentials, endpoints. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Instead of those of the environment or of the ECS task. */
  credentials?: () => Promise<Credentials>;
  /** The number of a job's first part: 0 if you count from 0, else 1. */
  partsFrom?: 0 | 1;
}

/** The jobs of a table. Each call may throw a `ProgressError`, and can be made again after any failure. */
export interface Progress {
  /**
   * Says how many parts the job has, numbered from 1. A job under way with the same total goes on; any other begins
   * again. `setBy` is the message that sets the total, by default the worker's: a job that is over begins again,
   * unless the same message has set its total.
   */
  setTotal(jobId: string, total: number, options?: TotalOptions): Promise<void>;
  /** @returns whether this worker is to send the reduce message now; `completion` says more */
  completePart(jobId: string, part: number, options?: CompleteOptions): Promise<boolean>;
  /** As `completePart`, and gives the reason. */
  completion(jobId: string, part: number, options?: CompleteOptions): Promise<Completion>;
  /** @param part a part whose state is wanted too */
  status(jobId: string, part?: number): Promise<Status>;
  setMetadata(jobId: string, metadata: Json): Promise<void>;
  /** The job has failed: no reduce message is to be sent. */
  failJob(jobId: string, reason: string): Promise<void>;
  /** To be called when the reduce message has been sent, so that nobody is asked to send it again. */
  reduceSent(jobId: string): Promise<void>;
  /** Closes the connections. An idle one does not keep the process from ending. */
  close(): void;
}

/**
 * @param table the table's ARN; `ProgressTable` of the environment, unless given
 * @throws {ProgressError} `NO_TABLE`
 */
export function progress(table?: string, options: ProgressOptions = {}): Progress {
  const { environment = process.env, credentials, partsFrom } = options;
  const { jobs, close } = connectJobs({ environment, table, credentials, partsFrom });
  const message = environment[WorkerVariable.messageId];
  return {
    setTotal: async (jobId, total, given) => {
      await jobs.setTotal(jobId, total, { setBy: message, ...given });
    },
    completePart: async (jobId, part, given) => (await jobs.completePart(jobId, part, given)).isComplete,
    completion: (jobId, part, given) => jobs.completePart(jobId, part, given),
    status: (jobId, part) => jobs.status(jobId, part),
    setMetadata: (jobId, metadata) => jobs.setMetadata(jobId, metadata satisfies Value),
    failJob: (jobId, reason) => jobs.failJob(jobId, reason),
    reduceSent: (jobId) => jobs.reduceSent(jobId),
    close,
  };
}
