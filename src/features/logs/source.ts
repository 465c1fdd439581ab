import { access } from 'node:fs/promises';
import type { Configuration, Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { logGroupName } from '../../config/names';
import { UserError } from '../../errors/user-error';
import type { Clock } from '../../shared/clock';
import type { NamedCall, Target } from '../stack/target';
import { templateResources } from '../stack/stack';
import { deployedWorkers } from '../stack/workers';
import { cloudWatchLog, READ_ACTION } from './cloud-watch';
import { localLog, localLogFiles } from './local-log';

/** Where the lines of a log come from: CloudWatch Logs, or the file of `sls watchbot local`. */
export interface WorkerLog {
  /** All that is there, in order of time, each once. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEvent>;
  /** All that is there and that comes, each once, until the signal. */
  follow(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEvent>;
}

export interface LogQuery {
  sinceMs: number;
  /** Undefined: to the newest. */
  untilMs?: number | undefined;
  /** CloudWatch's own filter pattern, which only AWS knows. */
  pattern?: string | undefined;
  /** Only lines with one of these texts in them are of interest; asked for at each poll. A source may give others. */
  terms?: () => readonly string[];
  /** Following ends when this is true, after all that is there by then; `sls watchbot local` may end, AWS does not. */
  hasEnded?: (() => Promise<boolean>) | undefined;
  /** Of CloudWatch: no more are read than so many. */
  mostPages?: number | undefined;
}

/** A line of a worker's log, from wherever it is kept. */
export interface LogEvent {
  /** No two events have the same one. */
  id: string;
  timeMs: number;
  /** The task that wrote it. */
  task: string;
  line: string;
}

interface LogLocation {
  target: Target;
  configuration: Configuration;
  /** In which `sls watchbot local` keeps its log. */
  serviceFolder: string;
  clock: Clock;
  random: () => number;
}

interface LogOptions {
  /** Told when AWS must be waited for. */
  onWaiting: (text: string) => void;
  /** Its name, if that is known already. */
  logGroup?: string | undefined;
}

/**
 * The log of a worker: CloudWatch's, or the file of `sls watchbot local`.
 * @throws {UserError} `WATCHBOT_LOCAL_NOT_RUNNING` if there is no such file
 */
export async function openLog(
  location: LogLocation,
  worker: Worker,
  { onWaiting, logGroup }: LogOptions,
): Promise<WorkerLog> {
  const { target, serviceFolder, clock, random } = location;
  if (target.isLocal) {
    await access(localLogFiles(serviceFolder).current).catch((cause: unknown) => {
      throw noLocalLog(cause);
    });
    return localLog(serviceFolder, worker.name, clock);
  }
  const name = logGroup ?? (await logGroupOf(location, worker));
  const source = cloudWatchLog({
    logs: await target.clients.logs(),
    logGroup: name,
    clock,
    random,
    onWaiting: (error) => {
      onWaiting(`CloudWatch Logs asks to wait (${error.name}); trying on`);
    },
  });
  const call = { action: READ_ACTION, place: `log group ${name}` };
  return {
    read: (query, signal) => explained(target, call, source.read(query, signal)),
    follow: (query, signal) => explained(target, call, source.follow(query, signal)),
  };
}

/** The log group that the template gives the worker. A name that a function of CloudFormation gives is the stack's to tell. */
async function logGroupOf({ target, configuration }: LogLocation, worker: Worker): Promise<string> {
  const resource = templateResources(configuration)[logicalId(worker.name, 'logGroup')];
  const given: unknown = resource?.Properties?.LogGroupName;
  if (typeof given === 'string') return given;
  const [deployed] = given === undefined ? [] : await deployedWorkers(target, configuration, [worker]);
  return deployed?.logGroup ?? logGroupName(configuration.context, worker.name);
}

/** The same events, with errors in a user's words. */
async function* explained<T>(target: Target, call: NamedCall, events: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') throw notDeployed(call.place, error);
    await target.explain(call, () => Promise.reject(error as Error));
  }
}

function notDeployed(place: string, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_NOT_DEPLOYED',
      place,
      given: 'no such log group',
      allowed: 'a deployed stage, in the right region and account',
      advice: 'check --stage, --region and --aws-profile; --local reads the log of `sls watchbot local`',
    },
    cause,
  );
}

function noLocalLog(cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_LOCAL_NOT_RUNNING',
      place: '--local',
      given: 'no log of `sls watchbot local` in this folder',
      allowed: 'a run of it, now or before the last `sls package`',
      advice: 'start it in another terminal, in this folder',
    },
    cause,
  );
}
