import { sendOne, type SentMessage } from './send';
import { findDestination, type Destination } from './destination';
import type { OutgoingMessage } from './message';
import { SCHEDULE_ACTIONS, scheduleMessage } from './schedule';
import type { CommandRun } from '../command/command';
import { openLog } from '../logs/choose-source';
import type { Target } from '../stack/target';
import type { SendPlan } from './plan';
import { actionsFor, lookUp } from './texts';
import { outcomeFields, outcomeSentence, waitForOutcome } from './wait';

/** Sends one message. Gives the exit code. */
export async function sendMessage(run: CommandRun, plan: SendPlan): Promise<number> {
  const { target } = run;
  const { worker } = plan;
  const destination = await target.explain(lookUp(worker), async () =>
    findDestination(await target.clients.sqs(), plan.address),
  );
  const message = { ...plan.common, body: plan.body ?? '' };
  const ready = { message, destination };
  return plan.scheduleSeconds === undefined ? sendNow(run, plan, ready) : schedule(run, plan, ready);
}

interface Ready {
  message: OutgoingMessage;
  destination: Destination;
}

async function sendNow(run: CommandRun, plan: SendPlan, ready: Ready): Promise<number> {
  const { worker, wait } = plan;
  const isJson = run.options.json === true;
  // Before it is sent: where there is no log, nobody can wait.
  const log = wait === undefined ? undefined : await openLog(run, worker);
  const result = { worker: worker.name, ...(await send(run, plan, ready)) };
  if (log === undefined || wait === undefined) {
    run.voice.writeText(isJson ? JSON.stringify(result) : sentence(result, run.target));
    return 0;
  }
  if (!isJson) run.voice.writeText(sentence(result, run.target));
  const timeoutSeconds = wait.timeoutSeconds + (ready.message.delaySeconds ?? 0);
  const waited = { ...result, maxReceives: ready.destination.maxReceives, timeoutSeconds };
  const outcome = await waitForOutcome(log, waited, run);
  const text = isJson
    ? JSON.stringify({ ...result, outcome: outcomeFields(outcome) })
    : outcomeSentence(outcome);
  run.voice.writeText(text);
  return outcome.code;
}

function send({ target }: CommandRun, { way, worker }: SendPlan, { message, destination }: Ready) {
  const call = { action: actionsFor(way.to), place: `message to ${worker.name}` };
  return target.explain(call, async () => {
    const [sqs, sns] = await Promise.all([target.clients.sqs(), target.clients.sns()]);
    return sendOne({ sqs, sns }, destination, { message, to: way.to });
  });
}

async function schedule(run: CommandRun, plan: SendPlan, { message, destination }: Ready): Promise<number> {
  const { target, configuration, voice, options } = run;
  const { worker, scheduleSeconds = 0 } = plan;
  const at = new Date(Date.now() + scheduleSeconds * 1000);
  const place = `message to ${worker.name}, later`;
  const name = await target.explain({ action: SCHEDULE_ACTIONS, place }, async () => {
    const [cloudFormation, scheduler] = await Promise.all([
      target.clients.cloudFormation(),
      target.clients.scheduler(),
    ]);
    const { stackName } = configuration.context;
    const stack = { client: cloudFormation, stackName, region: target.region };
    return scheduleMessage({ stack, scheduler, worker, destination }, message, at);
  });
  const time = at.toISOString().replace(/\.\d+Z$/, 'Z');
  voice.writeText(
    options.json === true
      ? JSON.stringify({ worker: worker.name, schedule: name, at: time, to: 'queue' })
      : `Schedule ${name} sends the message to the queue of ${worker.name} at ${time} (${target.text})`,
  );
  return 0;
}

function sentence(
  { worker, messageId, to }: SentMessage & { worker: string },
  { text: where }: Target,
): string {
  return `Sent ${messageId} to the ${to} of ${worker} (${where})`;
}
