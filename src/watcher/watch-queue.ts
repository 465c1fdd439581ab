import type { Clock } from './clock';
import { Progress } from './health/progress';
import type { Logger } from './log/logger';
import { openForCommand, openForHandler } from './message/envelope';
import { Heartbeat } from './outcome/heartbeat';
import { Machine } from './outcome/machine';
import { createSettle } from './outcome/settle';
import { createPoll } from './queue/poll';
import type { SqsClient } from './queue/sqs/sqs-client';
import { COMMAND_ATTRIBUTES, createSqsQueue, HANDLER_ATTRIBUTES } from './queue/sqs-queue';
import type { HandlerSettings, Settings } from './settings';
import { createStopCourse, longestPollSeconds, onAbort, type StopCourse } from './stop-course';
import { onStopSignals, type StopParts } from './stop-signals';
import type { LookAtService } from './task/own-service';
import { TaskProtection, type PutProtection } from './task/protection';
import { noRetirement, type Retirement } from './task/retirement';
import { TaskRetirement } from './task/task-retirement';
import { watch } from './watch';
import type { Workers } from './workers';

/** What the parts of the watcher are put together from: all that is of this process, or outside of it. */
export interface WatchQueueParts {
  settings: Settings;
  /** Absent for a command. */
  handler: HandlerSettings | undefined;
  client: SqsClient;
  /** Asks ECS for the task's own protection; undefined outside ECS. */
  putProtection: PutProtection | undefined;
  /** Asks ECS for the task's own service; undefined where ECS cannot be asked. */
  lookAtService: LookAtService | undefined;
  /** What tells it to stop. */
  process: StopParts['process'];
  makeWorkers: (from: { machine: Machine; stopping: AbortSignal }) => Promise<MadeWorkers>;
  /** The health check is answered by it. */
  onProgress: (progress: Pick<Progress, 'problem' | 'stage'>) => void;
  /** Ends the watcher, whatever it is at: its time is over. */
  end: () => void;
  clock: Clock;
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  log: Logger;
}

export interface MadeWorkers {
  workers: Workers;
  /** Called when no worker runs any more. */
  onIdle: () => Promise<void>;
}

/** Puts the parts of the watcher together, and runs it until it is told to stop. */
export async function watchQueue(given: WatchQueueParts): Promise<void> {
  const { settings, handler, log, clock, random } = given;
  const running: { workers?: Workers } = {};
  const course = stopCourse(given, () => running.workers?.kill());
  const { stopping } = course;
  const sickness = (): string | undefined => machine.problem((running.workers?.slots.busy ?? 0) > 0);
  const progress = new Progress({ clock, stopping, ...settings, sickness });
  given.onProgress(progress);
  const common = { clock, log, progress, random, ...settings };
  const machine = new Machine({ ...common, stopping });
  const systemAttributes = handler === undefined ? COMMAND_ATTRIBUTES : HANDLER_ATTRIBUTES;
  const limits = { longestPollSeconds: longestPollSeconds(settings) };
  const queue = createSqsQueue(given.client, { ...settings, ...limits, systemAttributes });
  const heartbeat = new Heartbeat({ queue, ...common });
  const retirement = retirementOf(given, course);
  const { workers, onIdle } = await given.makeWorkers({ machine, stopping });
  running.workers = workers;
  await watch({
    workers,
    open: handler === undefined ? openForCommand : openForHandler(handler.ownTopicArn),
    poll: machine.pace(createPoll({ queue, stopping, abort: course.abortPoll, ...common })),
    heartbeat,
    settle: createSettle({ queue, outOfTime: course.givingUp, ...common }),
    retirement,
    onIdle,
    course,
    batchWindowMs: (handler?.batchWindowSeconds ?? 0) * 1000,
    ...common,
  });
  await workers.close();
  heartbeat.stop();
  retirement.stop();
}

function retirementOf(given: WatchQueueParts, { stopping, stop }: StopCourse): Retirement {
  const { settings, putProtection: put, clock, log } = given;
  if (put === undefined) return noRetirement;
  const { maxJobDurationSeconds, finishSeconds, stopTimeoutSeconds } = settings;
  const protection = new TaskProtection({ put, maxJobDurationSeconds, clock, log });
  const areJobsLong = maxJobDurationSeconds === 0 || maxJobDurationSeconds > stopTimeoutSeconds;
  return new TaskRetirement({ ...given, protection, finishSeconds, areJobsLong, end: stop, stopping });
}

/** From the first signal on; at its end the watcher ends, whatever it is at. */
function stopCourse({ settings, log, process, end, clock }: WatchQueueParts, killAll: () => void) {
  const course = createStopCourse(onStopSignals({ process, log, killAll }), settings, clock);
  onAbort(course.ending, () => {
    log.warn('out of time: what is still in hand comes again');
    killAll();
    end();
  });
  return course;
}
