import { isFiltering, matches } from './filter';
import { HELD_SECONDS } from './held';
import { moveAll } from './move-task';
import { countLetters, type DeadLetterQueue } from './queue';
import { Replay } from './replay';
import type { CommandRun, Voice } from '../command/command';
import { createProgressBar } from '../command/progress-bar';
import { interrupted } from './ends';
import { filterOf } from './filter-options';
import { open, type Opened } from './open';
import { preview, sayPreview, type Choice } from './preview';
import { report, settleChosen, type Deed } from './settle';
import { plural } from './text';

/** `sls watchbot dead-letter replay [ID…]`. */
export async function runReplay(run: CommandRun): Promise<void> {
  const { words, options, voice } = run;
  const filter = filterOf(options);
  const opened = await open(run);
  const { queue } = opened;
  const nowMs = Date.now();
  const choice: Choice = {
    ids: words.length === 0 ? undefined : words,
    isWanted: (letter) => isOwn(queue, letter) && matches(filter, letter, nowMs),
  };
  const isAll = choice.ids === undefined && !isFiltering(filter);
  if (options['dry-run'] === true) {
    await sayDry(run, queue, isAll ? undefined : choice);
    return;
  }
  if (isAll && (await moveBySqs(run, opened))) return;
  await replayEach(run, opened, { ...choice, isAll });
  if (isAll) await sayLeft(voice, queue);
}

/** Of a dead-letter queue that several queues share, only what came from this worker's. */
const isOwn = ({ work }: DeadLetterQueue, { sourceArn = work.arn }: { sourceArn?: string | undefined }) =>
  sourceArn === work.arn;

async function sayDry(run: CommandRun, queue: DeadLetterQueue, choice: Choice | undefined): Promise<void> {
  const what = `replayed from queue ${queue.name} to queue ${queue.work.name}`;
  if (choice !== undefined) {
    const { letters } = await preview(run, queue, choice);
    await sayPreview(run, letters, what);
    return;
  }
  const { total } = await countLetters(queue);
  if (run.options.json === true) run.voice.writeText(JSON.stringify({ dryRun: true, count: total }));
  else run.voice.writeText(`About ${plural(total)} would be ${what}`);
}

/** False where it must be done message by message. */
async function moveBySqs(run: CommandRun, { queue, worker }: Opened): Promise<boolean> {
  const { voice, signal, options } = run;
  const { visible } = await countLetters(queue);
  const bar = await createProgressBar(run, {
    total: visible,
    what: 'messages replayed',
    isEstimate: true,
  });
  const moved = await moveAll(queue, {
    signal,
    // Others may share a queue that is not the worker's own: each message goes back where it came from.
    isToWorkQueue: worker.queue.deadLetter === true,
    onProgress: ({ moved: count, total }) => {
      bar.reach(count, total ?? visible);
    },
    onFollow: () => {
      voice.log.notice('A move of these messages is under way already: following it');
    },
  }).finally(() => {
    bar.end();
  });
  if (moved === undefined) {
    voice.log.notice('SQS has no move task here: replaying message by message');
    return false;
  }
  const text = `${plural(moved.moved)} replayed from queue ${queue.name}, by SQS itself`;
  if (options.json === true) voice.writeText(JSON.stringify({ replayed: moved.moved, by: 'move task' }));
  else voice.writeText(text);
  if (!moved.isOver) {
    throw interrupted(`queue ${queue.name}`, `${text}, which goes on with the rest without this command`);
  }
  return true;
}

async function replayEach(
  run: CommandRun,
  { queue }: Opened,
  { isAll, ...choice }: Choice & { isAll: boolean },
): Promise<void> {
  const deed: Deed = {
    done: 'replayed',
    act: (held) => {
      const replay = new Replay(queue, held);
      return {
        run: (letters) => replay.run(letters),
        isWanted: (letter) => !replay.isBack(letter),
      };
    },
  };
  const settled = await settleChosen(run, queue, { ...choice, deed });
  const text = ` from queue ${queue.name} to queue ${queue.work.name}`;
  const others = isAll ? {} : { others: settled.others };
  report(run, queue, { settled, deed, more: { text, by: 'message by message', ...others } });
}

async function sayLeft({ log }: Voice, queue: DeadLetterQueue): Promise<void> {
  const { total, held } = await countLetters(queue);
  if (total === 0) return;
  log.notice(
    `SQS counts about ${plural(total)} more in queue ${queue.name}, ${held} of them held by somebody: those that a ` +
      `stopped replay held come back within ${HELD_SECONDS} seconds`,
  );
}
