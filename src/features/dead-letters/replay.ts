import type { CommandRun, Voice } from '../command/command';
import { createProgressBar } from '../command/progress-bar';
import {
  filterOption,
  interrupted,
  openQueue,
  preview,
  reportSettled,
  sayPreview,
  settleChosen,
  wordsAsIds,
  type OpenedQueue,
} from './choice';
import { HELD_SECONDS } from './held';
import { isFiltering, matches, type Letter } from './letter';
import { moveAll, Replay } from './put-back';
import { countLetters, type DeadLetterQueue } from './queue';
import type { LetterAction, LetterChoice } from './sweep';
import { plural } from './text';

/** `sls watchbot dead-letter replay [ID…]`. */
export async function runReplay(run: CommandRun): Promise<void> {
  const { options, voice } = run;
  const filter = filterOption(options);
  const opened = await openQueue(run);
  const { queue } = opened;
  const nowMs = run.clock.now();
  const choice: LetterChoice = {
    ids: await wordsAsIds(run, queue),
    isWanted: (letter) => isOwn(queue, letter) && matches(filter, letter, nowMs),
  };
  const isAll = choice.ids === undefined && !isFiltering(filter);
  if (options['dry-run'] === true) {
    await sayWhatWouldBe(run, queue, isAll ? undefined : choice);
    return;
  }
  if (isAll && (await moveBySqs(run, opened))) return;
  await replayEach(run, queue, choice, isAll);
  if (isAll) await sayLeft(voice, queue);
}

/** Several queues may share a dead-letter queue: only what came from this worker's queue. */
const isOwn = ({ work }: DeadLetterQueue, { sourceArn = work.arn }: Letter) => sourceArn === work.arn;

async function sayWhatWouldBe(
  run: CommandRun,
  queue: DeadLetterQueue,
  choice: LetterChoice | undefined,
): Promise<void> {
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

/** False if it must be done message by message. */
async function moveBySqs(run: CommandRun, { queue, worker }: OpenedQueue): Promise<boolean> {
  const { voice, signal, options } = run;
  const { visible } = await countLetters(queue);
  const bar = await createProgressBar(run, { total: visible, what: 'messages replayed', isEstimate: true });
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
    throw interrupted(queue, `${text}, which goes on with the rest without this command`);
  }
  return true;
}

async function replayEach(
  run: CommandRun,
  queue: DeadLetterQueue,
  choice: LetterChoice,
  isAll: boolean,
): Promise<void> {
  const action: LetterAction = (held) => {
    const replay = new Replay(queue, held);
    return {
      run: (letters) => replay.run(letters),
      isWanted: (letter) => !replay.isBack(letter),
    };
  };
  const settled = await settleChosen(run, queue, choice, action);
  reportSettled(run, queue, settled, {
    done: 'replayed',
    text: ` from queue ${queue.name} to queue ${queue.work.name}`,
    fields: { by: 'message by message', ...(isAll ? {} : { others: settled.others }) },
  });
}

async function sayLeft({ log }: Voice, queue: DeadLetterQueue): Promise<void> {
  const { total, held } = await countLetters(queue);
  if (total === 0) return;
  log.notice(
    `SQS counts about ${plural(total)} more in queue ${queue.name}, ${held} of them held by somebody: those that a ` +
      `stopped replay held come back within ${HELD_SECONDS} seconds`,
  );
}
