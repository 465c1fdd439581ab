import { UserError } from '../../errors/user-error';
import { argumentProblem } from '../common/collect-problems';
import type { Options } from '../common/command';
import { UNIT_SECONDS } from '../common/durations';
import { textOption } from '../common/options';

const DECIMAL = /^\d{1,12}(\.\d{1,9})?$/;

/** A number that may have a fraction; undefined where the option is not given. */
export function decimalOption(
  options: Options,
  name: string,
  { above = -Infinity, most, what }: { above?: number; most: number; what: string },
): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (DECIMAL.test(text) && value > above && value <= most) return value;
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed: what }));
}

const RATE = /^(\d{1,9}(?:\.\d{1,6})?)\/([smhd])$/;

/** Messages a second, from `5/s`, `300/m`, `20000/h` or `1000000/d`. */
export function rateOption(options: Options, name: string): number | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  const [, count, unit = ''] = RATE.exec(text) ?? [];
  const perSecond = Number(count) / UNIT_SECONDS[unit]!;
  if (perSecond > 0) return perSecond;
  const allowed = 'messages a second, minute, hour or day, more than none: 5/s, 300/m, 20000/h, 1000000/d';
  throw UserError.of(argumentProblem(`--${name}`, { given: text, allowed }));
}
