import { tmpdir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { formatPlain, formatStructured } from '../contract/log-lines';
import { steadyClock as clock, systemClock } from './clock';
import { Progress } from './health/progress';
import { answerHealth } from './health/server';
import { createLogger, type Logger } from './log/logger';
import { createOutput } from './log/output';
import { memoryFolderAt } from './message/message-file';
import { inheritedEnvironment } from './message/worker-environment';
import { Heartbeat } from './outcome/heartbeat';
import { runJob, type RunningJob } from './outcome/run-job';
import { createSettle } from './outcome/settle';
import { createPoll } from './queue/poll';
import { createSqsClient } from './queue/sqs/sqs-client';
import { createSqsQueue } from './queue/sqs-queue';
import { readSettings, type Settings } from './settings';
import { emptyFolders } from './task/mounts';
import { agentProtection, noProtection, TaskProtection, type Protection } from './task/protection';
import { onStopSignals } from './stop-signals';
import { watch } from './watch';
import { parseCommandLine, type WorkerCommand } from './worker/command';
import { findLauncher } from './worker/launcher/find-launcher';
import { createStarter } from './worker/launcher/starter';
import { canHoldFolders } from './worker/temporary-folder';

/** Of `stopTimeout`: what is left for settling after the last worker was killed, before ECS kills the watcher. */
const SETTLE_MARGIN_SECONDS = 5;

/** Every container has it, small and in memory, also where the root file system is read-only. */
const SHARED_MEMORY = '/dev/shm';

/** In percent: the heap is cleared before it has grown by more. V8's own measure trades the workers' memory for time. */
const HEAP_GROWTH = '--heap-growing-percent=10';

type Environment = Readonly<Record<string, string | undefined>>;

async function main(): Promise<void> {
  setFlagsFromString(HEAP_GROWTH);
  const environment = { ...process.env };
  const command = parseCommandLine(process.argv.slice(2));
  const settings = readSettings(environment);
  const output = createOutput(process.stdout);
  const format = settings.isStructured ? formatStructured : formatPlain;
  const log = createLogger({ write: output.write, format, clock: systemClock });
  log.info(`watching ${settings.queueUrl}, ${settings.concurrency} at once: ${command.text}`);
  await watchQueue({ command, environment, settings, log });
  log.info('stopped, with no message in hand');
  await output.flushed();
}

/** Puts the parts of the watcher together, and runs it until it is told to stop. */
async function watchQueue(given: {
  command: WorkerCommand;
  environment: Environment;
  settings: Settings;
  log: Logger;
}): Promise<void> {
  const { command, environment, settings, log } = given;
  const jobs = new Set<RunningJob>();
  const killAll = () => void jobs.forEach((job) => job.kill());
  const { stopping, abortPoll } = onStopSignals({ process, log, killAll });
  const starter = createStarter({ file: findLauncher(__dirname, process), log, clock });
  const progress = new Progress({ clock, stopping, ...settings });
  if (settings.healthSocket !== undefined) answerHealth(settings.healthSocket, { progress, log });
  const common = { clock, log, progress, random: Math.random, ...settings };
  // `sls watchbot local` runs this on the developer's Node, which the SDK may call old; nobody there can heed it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const queue = createSqsQueue(createSqsClient({ timeOfDay: systemClock, ...common }), settings);
  const heartbeat = new Heartbeat({ queue, ...common });
  const protection = createProtection(settings.agentUri, log);
  const started = { start: starter.start, timeOfDay: systemClock, ...folders(environment, settings) };
  const jobParts = { command, environment: inheritedEnvironment(environment), ...started, ...common };
  await starter.ready;
  await watch({
    poll: createPoll({ queue, stopping, abort: abortPoll, ...common }),
    startJob: (job) => tracked(jobs, runJob(job, jobParts)),
    heartbeat,
    settle: createSettle({ queue, outOfTime: lastMoment(stopping, settings), ...common }),
    protection,
    onIdle: () => emptyFolders(settings.volumes, log),
    stopping,
    drainMs: Math.max(1, settings.stopTimeoutSeconds - SETTLE_MARGIN_SECONDS) * 1000,
    ...common,
  });
  heartbeat.stop();
  protection.stop();
}

/** Who names a folder for temporary files wants them there. */
function folders({ TMPDIR }: Environment, { concurrency }: Settings) {
  const memoryFolder = TMPDIR === undefined ? memoryFolderAt(SHARED_MEMORY) : undefined;
  const temporaryFolder = tmpdir();
  // With one worker at a time, all of it is that worker's, and is emptied after it.
  const hasOwnTemporaryFolder = concurrency > 1 && canHoldFolders(temporaryFolder);
  return { temporaryFolder, memoryFolder, hasOwnTemporaryFolder };
}

/** Given shortly before ECS kills what it has told to stop. */
function lastMoment(stopping: AbortSignal, { stopTimeoutSeconds }: Settings): AbortSignal {
  const outOfTime = new AbortController();
  const begin = () => clock.after(Math.max(1, stopTimeoutSeconds - 1) * 1000, () => outOfTime.abort());
  stopping.addEventListener('abort', () => void begin(), { once: true });
  return outOfTime.signal;
}

function createProtection(agentUri: string | undefined, log: Logger): Protection {
  if (agentUri === undefined) return noProtection;
  return new TaskProtection({ put: agentProtection(agentUri), clock, log });
}

function tracked(jobs: Set<RunningJob>, job: RunningJob): RunningJob {
  jobs.add(job);
  void job.settled.finally(() => jobs.delete(job));
  return job;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`watchbot: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
