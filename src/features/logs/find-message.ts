import { readLine } from '../../contract/log-lines';
import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { JobTrace } from './job-trace';
import type { LogSource } from './log-source';
import { argumentProblem } from '../command/options';
import type { LogsPlan } from './plan';

const WHOLE_ID_LENGTH = 36;

/**
 * The job of a message, with all of its ids that the log knows by now.
 * @throws {UserError} where several messages begin with what was given, or none does
 */
export async function findMessage(log: LogSource, plan: LogsPlan, signal: AbortSignal): Promise<JobTrace> {
  const given = (plan.message ?? '').toLowerCase();
  const trace = new JobTrace(given.length === WHOLE_ID_LENGTH ? given : await wholeId(log, plan, signal));
  let known = 0;
  while (known < trace.ids.length && !signal.aborted) {
    known = trace.ids.length;
    for await (const { line } of log.read({ ...plan, terms: () => trace.ids }, signal)) trace.take(line);
  }
  return trace;
}

/** Whose id begins so: the queue's, or the topic's. */
async function wholeId(log: LogSource, plan: LogsPlan, signal: AbortSignal): Promise<string> {
  const given = (plan.message ?? '').toLowerCase();
  const found = new Set<string>();
  // CloudWatch finds words, and not how they begin: all lines are read.
  for await (const { line } of log.read({ sinceMs: plan.sinceMs, untilMs: plan.untilMs }, signal)) {
    const { messageId, topicMessageId } = readLine(line);
    for (const id of [messageId, topicMessageId]) if (id?.startsWith(given) === true) found.add(id);
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw UserError.of(only === undefined ? unknown(given) : ambiguous(given, [...found]));
}

function unknown(given: string): Problem {
  return argumentProblem('--message', {
    given: `${given}, with which no id in this time begins`,
    allowed: 'an id of a message that was received',
    advice: 'look further back: --since 7d',
  });
}

const MAX_IDS_SHOWN = 10;

function ambiguous(given: string, ids: readonly string[]): Problem {
  return argumentProblem('--message', {
    given: `${given}, with which several ids begin`,
    allowed: ids.slice(0, MAX_IDS_SHOWN).join(', '),
  });
}
