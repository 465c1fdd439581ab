import { argumentProblem, type ProblemList } from '../common/collect-problems';
import type { Options } from '../common/command';
import { parseDuration } from '../common/durations';
import { textOption } from '../common/options';

export interface SearchPlan {
  /** Undefined: no more than Watchbot takes. */
  budgetTaskSeconds: number | undefined;
}

const MONEY = /^\d{1,12}(\.\d{1,9})?$/;
const HOUR_SECONDS = 3_600;

/** A budget is task-hours, or money, by its unit: what it means never depends on another option. */
export function searchOf(
  options: Options,
  problems: ProblemList,
  price: number | undefined,
): SearchPlan | undefined {
  const text = problems.read(() => textOption(options, 'budget'));
  if (text === undefined) return options.search === true ? { budgetTaskSeconds: undefined } : undefined;
  const wrong = (given: string, allowed: string) =>
    void problems.add(argumentProblem('--budget', { given, allowed }));
  if (options.search !== true) wrong('without --search', 'with --search');
  const taskSeconds = parseDuration(text);
  if (taskSeconds !== undefined && taskSeconds > 0) return { budgetTaskSeconds: taskSeconds };
  if (!MONEY.test(text) || Number(text) === 0) {
    wrong(text, 'task-hours as a duration (40h), or money as a number (12.50); more than none');
  } else if (price === undefined) {
    wrong(`${text}, with no price`, 'with --price, or --vcpu-price and --gb-price; or task-hours: 40h');
  } else return { budgetTaskSeconds: (Number(text) / price) * HOUR_SECONDS };
  return undefined;
}
