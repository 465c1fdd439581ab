import { text } from 'node:stream/consumers';
import { UserError } from '../../errors/user-error';
import { workerAddress } from '../../operations/addresses';
import { chooseWorker } from '../../operations/choose-worker';
import { createSend, type SentMessage } from '../../operations/send';
import type { CommandRun } from '../command';
import { textOption } from '../options';
import { explain, type Target } from '../target';

/** What sending to a topic, or else to a queue, needs in AWS. */
const ACTIONS = 'sqs:GetQueueUrl, sqs:GetQueueAttributes and sns:Publish or sqs:SendMessage';

/** `sls watchbot send`. */
export async function runSend(run: CommandRun): Promise<void> {
  const { options, voice, configuration, target } = run;
  const worker = chooseWorker(configuration, textOption(options, 'worker'));
  const message = {
    body: await messageBody(run),
    subject: textOption(options, 'subject'),
    groupId: textOption(options, 'group'),
  };
  const sent = await explain(target, { action: ACTIONS, place: `message to ${worker.name}` }, async () => {
    const [sqs, sns] = await Promise.all([target.clients.sqs(), target.clients.sns()]);
    const send = await createSend({ sqs, sns }, workerAddress(configuration, worker));
    return send(message);
  });
  const result = { worker: worker.name, ...sent };
  voice.writeText(options.json === true ? JSON.stringify(result) : sentence(result, target));
}

function sentence(
  { worker, messageId, to }: SentMessage & { worker: string },
  { text: where }: Target,
): string {
  return `Sent ${messageId} to the ${to} of ${worker} (${where})`;
}

/** The only argument, or standard input where there is none. */
async function messageBody({ words, terminal }: CommandRun): Promise<string> {
  const [body, ...others] = words;
  if (others.length > 0) {
    throw UserError.of({
      code: 'WATCHBOT_ARGUMENTS',
      place: 'sls watchbot send',
      given: `${others.length + 1} words`,
      allowed: 'one message',
      advice: 'put it into quotes: sls watchbot send \'{"z": 1}\'',
    });
  }
  if (body !== undefined) return body;
  if (terminal.input.isTTY === true) {
    throw UserError.of({
      code: 'WATCHBOT_ARGUMENTS',
      place: 'sls watchbot send',
      given: 'no message',
      allowed: 'a message as an argument, or on standard input',
      advice: 'sls watchbot send \'{"z":1}\'',
    });
  }
  return text(terminal.input);
}
