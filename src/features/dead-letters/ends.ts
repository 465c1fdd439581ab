import { UserError } from '../../errors/user-error';
import { HELD_SECONDS } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';
import type { SweepEnd } from './sweep';
import type { Voice } from '../command/command';
import { plural } from './text';

/** What the user should know of how it ended. */
export function sayEnd(
  { log }: Pick<Voice, 'log'>,
  { end, notReleased }: { end: SweepEnd; notReleased: number },
): void {
  if (end === 'too many held') {
    log.warning('SQS lets 120,000 messages of a queue be held at once: what is behind them was not seen');
  }
  if (notReleased > 0) {
    log.warning(
      `${plural(notReleased)} could not be released: SQS does so by itself within ${HELD_SECONDS} seconds`,
    );
  }
}

/** @param done what was done until then */
export function interrupted(place: string, done: string): UserError {
  return UserError.of({
    code: 'WATCHBOT_INTERRUPTED',
    place,
    given: done,
    allowed: 'the whole of it',
    advice: 'run it again for the rest; what was held has been released',
  });
}

const MOST_LISTED = 20;

/** @throws {UserError} `WATCHBOT_DEAD_LETTERS` where something was not found or not done */
export function throwIfIncomplete(
  { name, isFifo }: DeadLetterQueue,
  {
    failures,
    notFound,
  }: { failures: readonly { item: Letter; reason: string }[]; notFound: readonly string[] },
): void {
  const problems = [
    ...failures.map(({ item, reason }) => `${item.id}: ${reason}`),
    ...notFound.map((id) => `${id}: not seen`),
  ];
  if (problems.length === 0) return;
  const more = problems.length > MOST_LISTED ? [`… and ${problems.length - MOST_LISTED} more`] : [];
  const why = isFifo
    ? 'is gone, is held by somebody, or is hidden behind others of its group'
    : 'is gone, or is held by somebody';
  throw UserError.of({
    code: 'WATCHBOT_DEAD_LETTERS',
    place: `queue ${name}`,
    given: [...problems.slice(0, MOST_LISTED), ...more].join('\n           '),
    advice:
      notFound.length === 0
        ? 'they are still dead letters; run it again for them'
        : `look with \`sls watchbot dead-letter list\`; one that is not seen ${why}`,
  });
}
