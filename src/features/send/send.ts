import { INTERRUPTED, type CommandRun } from '../command/command';
import { followJob, type JobEnd, type Settlement } from '../logs/lines';
import { openLog, type LogQuery, type WorkerLog } from '../logs/source';
import { watchLocalRun } from '../stack/local-run';
import type { Target } from '../stack/target';
import type { OutgoingMessage } from './message';
import { planSend, type SendPlan } from './plan';
import { SCHEDULE_ACTIONS, scheduleMessage } from './schedule';
import { sendFile } from './send-file';
import { openDestination, sendOne, type Destination, type SentMessage } from './sender';

/** `sls watchbot send`. */
export async function runSend(run: CommandRun): Promise<number> {
  const plan = await planSend(run);
  return plan.file === undefined ? sendMessage(run, plan) : sendFile(run, plan, plan.file);
}

/** A message, and where it goes. */
interface ReadyMessage {
  message: OutgoingMessage;
  destination: Destination;
}

async function sendMessage(run: CommandRun, plan: SendPlan): Promise<number> {
  const destination = await openDestination(run, plan);
  const ready = { message: { ...plan.common, body: plan.body ?? '' }, destination };
  return plan.scheduleSeconds === undefined ? sendNow(run, plan, ready) : schedule(run, plan, ready);
}

async function sendNow(run: CommandRun, plan: SendPlan, ready: ReadyMessage): Promise<number> {
  const { worker, wait } = plan;
  const isJson = run.options.json === true;
  // Before it is sent: without a log, nobody can wait.
  const onWaiting = (text: string) => void run.voice.log.notice(text);
  const log = wait === undefined ? undefined : await openLog(run, worker, { onWaiting });
  const { target, serviceFolder } = run;
  const hasEnded = target.isLocal ? await watchLocalRun(serviceFolder, target.text) : undefined;
  const sent = { worker: worker.name, ...(await callAws(run, plan, ready)) };
  if (log === undefined || wait === undefined) {
    run.voice.writeText(isJson ? JSON.stringify(sent) : sentText(sent, run.target));
    return 0;
  }
  if (!isJson) run.voice.writeText(sentText(sent, run.target));
  const outcome = await waitForOutcome(run, log, {
    messageId: sent.messageId,
    maxReceives: ready.destination.maxReceives,
    timeoutSeconds: wait.timeoutSeconds + (ready.message.delaySeconds ?? 0),
    hasEnded,
  });
  run.voice.writeText(
    isJson ? JSON.stringify({ ...sent, outcome: outcomeJson(outcome) }) : outcomeText(outcome),
  );
  return outcome.code;
}

function callAws(
  { target }: CommandRun,
  { channel: { to }, worker }: SendPlan,
  { message, destination }: ReadyMessage,
): Promise<SentMessage> {
  const action = to === 'topic' ? 'sns:Publish' : 'sqs:SendMessage';
  return target.explain({ action, place: `message to ${worker.name}` }, async () => {
    const [sqs, sns] = await Promise.all([target.clients.sqs(), target.clients.sns()]);
    return sendOne({ sqs, sns }, destination, message, to);
  });
}

async function schedule(
  run: CommandRun,
  plan: SendPlan,
  { message, destination }: ReadyMessage,
): Promise<number> {
  const { target, configuration, voice, options, clock } = run;
  const { worker, scheduleSeconds = 0 } = plan;
  const at = new Date(clock.now() + scheduleSeconds * 1000);
  const place = `message to ${worker.name}, later`;
  const name = await target.explain({ action: SCHEDULE_ACTIONS, place }, async () => {
    const [client, scheduler] = await Promise.all([
      target.clients.cloudFormation(),
      target.clients.scheduler(),
    ]);
    const stack = { client, stackName: configuration.context.stackName, region: target.region };
    return scheduleMessage({ stack, scheduler, configuration, worker, destination }, message, at);
  });
  const time = at.toISOString().replace(/\.\d+Z$/, 'Z');
  voice.writeText(
    options.json === true
      ? JSON.stringify({ worker: worker.name, schedule: name, at: time, to: 'queue' })
      : `Schedule ${name} sends the message to the queue of ${worker.name} at ${time} (${target.text})`,
  );
  return 0;
}

/** The message that is waited for. */
interface AwaitedMessage {
  messageId: string;
  maxReceives: number | undefined;
  timeoutSeconds: number;
  /** Of `sls watchbot local`, with which its messages go. */
  hasEnded: LogQuery['hasEnded'];
}

interface Outcome {
  /** Undefined: not settled in time, or `isLost`. */
  settlement: Settlement | undefined;
  /** The run of `sls watchbot local` has ended before. */
  isLost: boolean;
  seconds: number;
  code: number;
}

/** Exit codes: what became of the message. A worker rejects with 3, too. */
const FATE_CODES = { done: 0, 'dead-lettered': 2, rejected: 3 } as const;
/** Exit code: the message is not settled yet. */
const UNSETTLED = 4;

/** Clocks of this machine and of AWS differ. The id is the message's own, so that nothing else is found. */
const BEFORE_MS = 600_000;

/** Waits until a message is settled, or no longer. */
async function waitForOutcome(
  { voice, signal, clock }: CommandRun,
  log: WorkerLog,
  { messageId, maxReceives, timeoutSeconds, hasEnded }: AwaitedMessage,
): Promise<Outcome> {
  const startedMs = clock.now();
  // Not `AbortSignal.timeout`, whose timer cannot be cancelled.
  const stop = new AbortController();
  const end = () => {
    stop.abort();
  };
  const cancel = clock.after(timeoutSeconds * 1000, end);
  signal.addEventListener('abort', end);
  const onRetry = (jobEnd: JobEnd) => void voice.log.notice(retryText(jobEnd));
  const job = { messageId, sinceMs: startedMs - BEFORE_MS, maxReceives, onRetry, hasEnded };
  const settlement = await followJob(log, job, stop.signal).finally(() => {
    cancel();
    signal.removeEventListener('abort', end);
  });
  const seconds = Math.round((clock.now() - startedMs) / 100) / 10;
  const isLost = settlement === undefined && !stop.signal.aborted;
  if (settlement !== undefined) return { settlement, isLost, seconds, code: FATE_CODES[settlement.fate] };
  return { settlement, isLost, seconds, code: signal.aborted ? INTERRUPTED : UNSETTLED };
}

function sentText({ worker, messageId, to }: SentMessage & { worker: string }, { text }: Target): string {
  return `Sent ${messageId} to the ${to} of ${worker} (${text})`;
}

function retryText({ result, receives, reason }: JobEnd): string {
  return `Receive ${receives}: ${result} (${reason}); the message comes again`;
}

const FATE_TEXTS = {
  done: 'Done',
  rejected: 'Rejected: the message is gone',
  'dead-lettered': 'Failed for the last time: the message goes to the dead-letter queue',
} as const;

function outcomeText({ settlement, isLost, seconds }: Outcome): string {
  if (isLost) return `Lost after ${seconds} s: \`sls watchbot local\` has ended, and its queues with it`;
  if (settlement === undefined) return `Not settled after ${seconds} s; the message is still there`;
  const { fate, last } = settlement;
  return `${FATE_TEXTS[fate]}, at receive ${last.receives}, after ${seconds} s (${last.reason})`;
}

/** For machines. */
function outcomeJson({ settlement, isLost, seconds }: Outcome) {
  return { fate: settlement?.fate ?? (isLost ? 'lost' : 'unsettled'), ...settlement?.last, seconds };
}
