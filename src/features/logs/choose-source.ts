import { access } from 'node:fs/promises';
import type { Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import { localLogFiles } from './local-log/record';
import type { LogSource } from './log-source';
import type { CommandRun } from '../command/command';

/**
 * The log of a worker: CloudWatch's, or the file of `sls watchbot local`.
 * @throws {UserError} `WATCHBOT_LOCAL_NOT_RUNNING` where there is no such file
 */
export async function openLog(run: CommandRun, worker: Worker): Promise<LogSource> {
  const { target, configuration, serviceFolder, voice } = run;
  if (target.isLocal) {
    const { localLog } = await import('./local-log/read.js');
    await access(localLogFiles(serviceFolder).current).catch((cause: unknown) => {
      throw noLocalLog(cause);
    });
    return localLog(serviceFolder, worker.name);
  }
  const [{ cloudWatchLog, READ_ACTION }, { logGroupOf }] = await Promise.all([
    import('./cloud-watch.js'),
    import('./log-group.js'),
  ]);
  const logGroup = logGroupOf(configuration, worker);
  const source = cloudWatchLog({
    logs: await target.clients.logs(),
    logGroup,
    now: Date.now,
    onWaiting: ({ name }) => voice.log.notice(`CloudWatch Logs asks to wait (${name}); trying on`),
  });
  const explained = { action: READ_ACTION, place: `log group ${logGroup}` };
  const guard = <T>(events: AsyncIterable<T>) =>
    guarded(events, (next) => target.explain(explained, next), logGroup);
  return {
    read: (query, signal) => guard(source.read(query, signal)),
    follow: (query, signal) => guard(source.follow(query, signal)),
  };
}

/** The same events, with errors in a user's words. */
async function* guarded<T>(
  events: AsyncIterable<T>,
  explained: <R>(next: () => Promise<R>) => Promise<R>,
  logGroup: string,
): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') throw notDeployed(logGroup, error);
    await explained(() => Promise.reject(error as Error));
  }
}

function notDeployed(logGroup: string, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_NOT_DEPLOYED',
      place: `log group ${logGroup}`,
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
