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
  /** In place of the process's own: `ProgressTable`, credentials, endpoints. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** In place of those of the environment or of the ECS task. */
  credentials?: () => Promise<Credentials>;
}

/** The jobs of a table. Each call may throw a `ProgressError`, and can be made again after any failure. */
export interface Progress {
  /**
   * The job has so many parts, numbered from 1. A job under way that has as many goes on; any other begins anew.
   * `setBy` names who says so, by default the worker's message: a job that is over begins anew unless it is the same one.
   */
  setTotal(jobId: string, total: number, options?: TotalOptions): Promise<void>;
  /** Gives whether the reduce message is to be sent now, by this worker: see `completion`. */
  completePart(jobId: string, part: number, options?: CompleteOptions): Promise<boolean>;
  /** As `completePart`, and says why. */
  completion(jobId: string, part: number, options?: CompleteOptions): Promise<Completion>;
  /** @param part whose state is wanted too */
  status(jobId: string, part?: number): Promise<Status>;
  setMetadata(jobId: string, metadata: Json): Promise<void>;
  /** No reduce message is to be sent. */
  failJob(jobId: string, reason: string): Promise<void>;
  /** To be called when the reduce message was sent: nobody is asked to send it again. */
  reduceSent(jobId: string): Promise<void>;
  /** Closes the connections. An idle one does not keep the process. */
  close(): void;
}

/**
 * @param table ARN of the table; `ProgressTable` of the environment, unless given
 * @throws {ProgressError} `NO_TABLE`
 */
export function progress(table?: string, options: ProgressOptions = {}): Progress {
  const { environment = process.env, credentials } = options;
  const { jobs, close } = connectJobs({ environment, table, credentials });
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
