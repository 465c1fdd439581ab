import type { CommandRun } from '../command/command';
import { planSend } from './plan';
import { sendFile } from './send-file';
import { sendMessage } from './send-message';

/** `sls watchbot send`. */
export async function runSend(run: CommandRun): Promise<number> {
  const plan = await planSend(run);
  return plan.file === undefined ? sendMessage(run, plan) : sendFile(run, plan);
}
