import type { Worker } from '../../config/configuration';
import type { Problem } from '../../errors/problem';
import { DAY_SECONDS, MINUTE_SECONDS } from '../../shared/durations';
import { argumentProblem, ProblemList, timeOption, textOption } from '../command/options';
import { chooseWorker } from '../stack/workers';
import type { CommandRun } from '../command/command';

/** What a call of `logs` is to show, checked. */
export interface LogsPlan {
  worker: Worker;
  sinceMs: number;
  untilMs: number | undefined;
  isTail: boolean;
  filter: string | undefined;
  pattern: string | undefined;
  /** A message's id, or how that begins. */
  message: string | undefined;
  isErrors: boolean;
}

/** Long enough to mean one message; the eight characters of a line are. */
const MESSAGE_ID = /^[0-9a-f-]{4,36}$/i;

/** @throws {UserError} with all that is wrong */
export function planLogs({ options, configuration, target }: CommandRun, nowMs: number): LogsPlan {
  const problems = new ProblemList();
  const text = (name: string) => problems.read(() => textOption(options, name));
  const worker = problems.read(() => chooseWorker(configuration, textOption(options, 'worker')));
  const message = text('message');
  const untilMs = problems.read(() => timeOption(options, 'until', nowMs));
  const since = problems.read(() => timeOption(options, 'since', nowMs));
  const sinceMs =
    since ?? (untilMs ?? nowMs) - (message === undefined ? 10 * MINUTE_SECONDS : DAY_SECONDS) * 1000;
  const plan = {
    sinceMs,
    untilMs,
    isTail: options.tail === true,
    filter: text('filter'),
    pattern: text('pattern'),
    message,
    isErrors: options.errors === true,
  };
  problems.add(...contradictions(plan, target.isLocal));
  if (worker === undefined) return problems.throwThem();
  problems.throwIfAny();
  return { worker, ...plan };
}

function contradictions(plan: Omit<LogsPlan, 'worker'>, isLocal: boolean): Problem[] {
  const { isTail, untilMs = Infinity, sinceMs, message = '0000', pattern } = plan;
  const hasPattern = pattern !== undefined;
  const rules: [boolean, string, string, string][] = [
    [isTail && untilMs !== Infinity, '--until', 'with --tail', 'one of them'],
    [untilMs < sinceMs, '--until', 'a time before --since', 'a later one'],
    [!MESSAGE_ID.test(message), '--message', message, "a message's id, or its first characters: 4 at least"],
    [hasPattern && plan.message !== undefined, '--pattern', 'with --message', 'one of them; or --filter'],
    [hasPattern && isLocal, '--pattern', 'with --local', '--filter TEXT'],
  ];
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, place, given, allowed]) => argumentProblem(place, { given, allowed }));
}
