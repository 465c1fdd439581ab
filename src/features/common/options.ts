import { UserError } from '../../errors/user-error';
import { DEFAULT_PORT } from './common-options';

type Options = Readonly<Record<string, unknown>>;

/** A text option; the framework gives `null` for one without a value. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: `--${name}`,
    given: 'no value',
    allowed: `--${name} VALUE`,
  });
}

/** All values of an option that may be repeated; '' for one without a value. */
export function listOption(options: Options, name: string): readonly string[] {
  const values = options[name];
  return Array.isArray(values) ? values.map((each) => (typeof each === 'string' ? each : '')) : [];
}

/** @throws {UserError} `WATCHBOT_ARGUMENTS` where it is no whole number within the bounds. */
export function numberOption(
  options: Options,
  name: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const text = textOption(options, name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: `--${name}`,
    given: text,
    allowed: `a whole number, ${least} to ${most}`,
  });
}

const MAX_PORT = 65_535;

/** @param otherwise the port where none is given */
export function portOption(
  options: Options,
  { least, otherwise = DEFAULT_PORT }: { least: 0 | 1; otherwise?: number },
): number {
  return numberOption(options, 'port', { least, most: MAX_PORT, otherwise });
}
