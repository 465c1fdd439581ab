import { purge } from './purge';
import { countLetters } from './queue';
import type { CommandRun } from '../command/command';
import { checkAskable, isConfirmed } from './confirm';
import { open } from './open';
import { plural } from './text';

/** `sls watchbot dead-letter purge`. */
export async function runPurge(run: CommandRun): Promise<number> {
  const { options, voice } = run;
  checkAskable(run);
  const { queue } = await open(run);
  const { total } = await countLetters(queue);
  const say = (text: string, fields: Record<string, unknown>) => {
    voice.writeText(options.json === true ? JSON.stringify(fields) : text);
  };
  if (options['dry-run'] === true) {
    say(`About ${plural(total)} would be deleted from queue ${queue.name}`, { dryRun: true, count: total });
    return 0;
  }
  if (!(await isConfirmed(run, `Delete all, about ${total}, from queue ${queue.name}?`))) {
    voice.log.notice('Nothing was deleted');
    return 1;
  }
  await purge(queue);
  say(`Queue ${queue.name} is being emptied of about ${plural(total)}; SQS takes up to a minute for it`, {
    purged: queue.name,
    count: total,
  });
  return 0;
}
