import type { Refusal } from '../stack/calls';
import type { HeldLetters } from './held';
import type { Letter } from './letter';
import { countLetters, type DeadLetterQueue } from './queue';
import { settleAll, type Settled } from './settle-all';
import type { CommandRun } from '../command/command';
import { createProgressBar } from '../command/progress-bar';
import { interrupted, sayEnd, throwIfIncomplete } from './ends';
import type { Choice } from './preview';
import { plural } from './text';

/** What a command does with each dead letter. */
export interface Deed {
  /** `replayed`, for results. */
  done: string;
  act: (held: HeldLetters) => {
    run: (letters: readonly Letter[]) => Promise<Refusal<Letter>[]>;
    /** Besides what the user wants. */
    isWanted?: (letter: Letter) => boolean;
  };
}

/** Does it with all that are chosen, and shows how far it is. */
export async function settleChosen(
  run: CommandRun,
  queue: DeadLetterQueue,
  { ids, isWanted, deed }: Choice & { deed: Deed },
): Promise<Settled> {
  const { visible } = await countLetters(queue);
  const bar = await createProgressBar(run, {
    total: visible,
    what: 'messages seen',
    isEstimate: true,
  });
  try {
    return await settleAll(queue, {
      signal: run.signal,
      plan: (held) => {
        const { run: act, isWanted: isMeant = () => true } = deed.act(held);
        return {
          ids,
          isWanted: (letter) => isWanted(letter) && isMeant(letter),
          act,
          onSeen: (count) => {
            bar.add(count);
          },
        };
      },
    });
  } finally {
    bar.end();
  }
}

/**
 * Says what came of it.
 * @throws {UserError} where it is not all that was asked for
 */
export function report(
  { voice, options }: CommandRun,
  queue: DeadLetterQueue,
  { settled, deed, more }: { settled: Settled; deed: Deed; more: Record<string, unknown> & { text: string } },
): void {
  const { done, failures, notFound, end } = settled;
  const { text, ...fields } = more;
  if (options.json === true) {
    const failed = failures.map(({ item, reason }) => ({ id: item.id, reason }));
    const isComplete = end !== 'interrupted';
    voice.writeText(JSON.stringify({ [deed.done]: done, failed, notFound, isComplete, ...fields }));
  } else {
    voice.writeText(`${plural(done)} ${deed.done}${text}`);
  }
  sayEnd(voice, settled);
  if (end === 'interrupted') throw interrupted(`queue ${queue.name}`, `${plural(done)} ${deed.done}`);
  throwIfIncomplete(queue, settled);
}
