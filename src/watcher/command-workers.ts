import type { Job } from './message/job';
import type { RunningJob } from './outcome/run-job';
import { createSlots } from './slots';
import type { Workers } from './workers';

/** A process of its own for each message. */
export function createCommandWorkers(parts: {
  concurrency: number;
  runJob: (job: Job) => RunningJob;
  /** When no job will be run any more. */
  close: () => Promise<void>;
}): Workers {
  const slots = createSlots(parts.concurrency);
  const running = new Set<RunningJob>();
  return {
    slots,
    batchSize: 1,
    start: (jobs) => {
      const started = jobs.map(parts.runJob);
      started.forEach((job) => running.add(job));
      return {
        settled: Promise.all(started.map(({ settled }) => settled)).finally(() => {
          started.forEach((job) => running.delete(job));
        }),
        stop: (reason, graceMs) => {
          started.forEach((job) => {
            job.stop(reason, graceMs);
          });
        },
        abandon: () => {
          started.forEach((job) => {
            job.abandon();
          });
        },
      };
    },
    done: () => {
      slots.release();
    },
    kill: () => {
      running.forEach((job) => {
        job.kill();
      });
    },
    close: parts.close,
  };
}
