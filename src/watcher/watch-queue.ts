import type { Clock } from '../shared/clock';
import { Liveness, type LivenessBounds } from './health/health';
import type { Logger } from './log';
import { openAsWatchbot, openForCommand, openForHandler, type Open } from './job/job';
import { Pace } from './intake/pace';
import { Heartbeat, longestBetweenBeatsMs } from './queue/heartbeat';
import { Machine } from './worker/machine';
import { createSettle } from './settle/settle';
import { createPoll, LONGEST_STAGES_MS } from './queue/poll';
import type { SqsClient } from './queue/sqs-client';
import { COMMAND_ATTRIBUTES, createSqsQueue, HANDLER_ATTRIBUTES } from './queue/sqs-queue';
import type { HandlerSettings, Settings } from './settings';
import {
  createStopCourse,
  longestPollSeconds,
  onAbort,
  onStopSignals,
  type StopCourse,
  type StopOptions,
} from './stop';
import type { LookAtService } from './task/ecs';
import { type PutProtection, TaskProtection } from './task/protection';
import { noRetirement, type Retirement, TaskRetirement } from './task/retirement';
import { watch } from './watch';
import type { Workers } from './worker/workers';

/** All that the watcher needs of its process and of the world outside. */
export interface WatchQueueOptions {
  settings: Settings;
  /** Absent if the worker is a command. */
  handler: HandlerSettings | undefined;
  client: SqsClient;
  /** Asks ECS to protect this task; undefined outside ECS. */
  putProtection: PutProtection | undefined;
  /** Asks ECS about the task's service; undefined if ECS cannot be asked. */
  lookAtService: LookAtService | undefined;
  /** Where signals to stop come from. */
  process: StopOptions['process'];
  makeWorkers: (from: { machine: Machine; stopping: AbortSignal }) => Promise<MadeWorkers>;
  /** Is given what answers the health check. */
  onLiveness: (liveness: Pick<Liveness, 'problem' | 'isAt'>) => void;
  /** Ends the watcher, whatever it is doing: its time is over. */
  end: () => void;
  clock: Clock;
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  log: Logger;
}

interface MadeWorkers {
  workers: Workers;
  /** Is called when no worker runs any more. */
  onIdle: () => Promise<void>;
}

/** How messages are taken apart. */
function openFor({ isAsWatchbot }: Settings, handler: HandlerSettings | undefined): Open {
  if (handler !== undefined) return openForHandler(handler.ownTopicArn);
  return isAsWatchbot ? openAsWatchbot : openForCommand;
}

/** Puts the watcher together, and runs it until it is told to stop. */
export async function watchQueue(given: WatchQueueOptions): Promise<void> {
  const { settings, handler, log, clock, random } = given;
  const running: { workers?: Workers } = {};
  const course = stopCourse(given, () => running.workers?.kill());
  const { stopping } = course;
  const sickness = (): string | undefined => machine.problem((running.workers?.slots.busy ?? 0) > 0);
  const liveness = new Liveness({ clock, stopping, bounds: livenessBounds(settings), sickness });
  given.onLiveness(liveness);
  const common = { clock, log, liveness, random, ...settings };
  const machine = new Machine({ ...common, stopping });
  const pace = new Pace(common);
  const systemAttributes = handler === undefined ? COMMAND_ATTRIBUTES : HANDLER_ATTRIBUTES;
  const limits = { longestPollSeconds: longestPollSeconds(settings) };
  const queue = createSqsQueue(given.client, { ...settings, ...limits, systemAttributes });
  const heartbeat = new Heartbeat({ queue, ...common });
  const retirement = retirementOf(given, course);
  const { workers, onIdle } = await given.makeWorkers({ machine, stopping });
  running.workers = workers;
  const mayWaitMs = () => (stopping.aborted ? 0 : pace.tenMs);
  await watch({
    workers,
    open: openFor(settings, handler),
    poll: machine.pace(createPoll({ queue, stopping, abort: course.abortPoll, ...common })),
    heartbeat,
    settle: createSettle({ queue, outOfTime: course.givingUp, mayWaitMs, ...common }),
    pace,
    machine,
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

/** How long a healthy watcher may take for each thing it does. */
export const livenessBounds = ({
  visibilityTimeoutSeconds,
}: Pick<Settings, 'visibilityTimeoutSeconds'>): LivenessBounds => ({
  stagesMs: LONGEST_STAGES_MS,
  betweenBeatsMs: longestBetweenBeatsMs(visibilityTimeoutSeconds),
});

function retirementOf(given: WatchQueueOptions, { stopping, stop }: StopCourse): Retirement {
  const { settings, putProtection: put, clock, log } = given;
  if (put === undefined) return noRetirement;
  const { maxJobDurationSeconds, finishSeconds, stopTimeoutSeconds } = settings;
  const protection = new TaskProtection({ put, maxJobDurationSeconds, clock, log });
  const areJobsLong = maxJobDurationSeconds === 0 || maxJobDurationSeconds > stopTimeoutSeconds;
  return new TaskRetirement({ ...given, protection, finishSeconds, areJobsLong, end: stop, stopping });
}

/** Begins with the first signal. At its end the watcher ends, whatever it is doing. */
function stopCourse({ settings, log, process, end, clock }: WatchQueueOptions, killAll: () => void) {
  const course = createStopCourse(onStopSignals({ process, log, killAll }), settings, clock);
  onAbort(course.ending, () => {
    log.warn('out of time: what is still in hand comes again');
    killAll();
    end();
  });
  return course;
}
