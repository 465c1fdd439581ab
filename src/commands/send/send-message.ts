import { sendOne, type SentMessage } from '../../operations/send';
import { findDestination, type Destination } from '../../operations/sending/destination';
import type { OutgoingMessage } from '../../operations/sending/message';
import { SCHEDULE_ACTIONS, scheduleMessage } from '../../operations/sending/schedule';
import type { CommandRun } from '../command';
import { explain, type Target } from '../target';
import type { SendPlan } from './plan';
import { actionsFor, lookUp } from './texts';

/** Sends one message. Gives the exit code. */
export async function sendMessage(run: CommandRun, plan: SendPlan): Promise<number> {
  const { target } = run;
  const { worker } = plan;
  const destination = await explain(target, lookUp(worker), async () =>
    findDestination(await target.clients.sqs(), plan.address),
  );
  const message = { ...plan.common, body: plan.body ?? '' };
  if (plan.scheduleSeconds !== undefined) return schedule(run, plan, { message, destination });
  const action = { action: actionsFor(plan.way.to), place: `message to ${worker.name}` };
  const sent = await explain(target, action, async () => {
    const [sqs, sns] = await Promise.all([target.clients.sqs(), target.clients.sns()]);
    return sendOne({ sqs, sns }, destination, { message, to: plan.way.to });
  });
  const result = { worker: worker.name, ...sent };
  run.voice.writeText(run.options.json === true ? JSON.stringify(result) : sentence(result, target));
  return 0;
}

interface Ready {
  message: OutgoingMessage;
  destination: Destination;
}

async function schedule(run: CommandRun, plan: SendPlan, { message, destination }: Ready): Promise<number> {
  const { target, configuration, voice, options } = run;
  const { worker, scheduleSeconds = 0 } = plan;
  const at = new Date(Date.now() + scheduleSeconds * 1000);
  const place = `message to ${worker.name}, later`;
  const name = await explain(target, { action: SCHEDULE_ACTIONS, place }, async () => {
    const [cloudFormation, scheduler] = await Promise.all([
      target.clients.cloudFormation(),
      target.clients.scheduler(),
    ]);
    const { stackName } = configuration.context;
    return scheduleMessage({ cloudFormation, scheduler, stackName, worker, destination }, message, at);
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
