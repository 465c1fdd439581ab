import { UserError } from '../../errors/user-error';
import type { LetterFilter } from './filter';
import { durationOption, listOption, textOption } from '../command/options';
import type { Options } from '../command/command';

export function filterOf(options: Options): LetterFilter {
  return {
    olderThanMs: milliseconds(durationOption(options, 'older-than')),
    newerThanMs: milliseconds(durationOption(options, 'newer-than')),
    contains: textOption(options, 'contains'),
    attributes: listOption(options, 'attribute').map(attribute),
  };
}

const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);

function attribute(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: '--attribute',
    given: text === '' ? 'no value' : text,
    allowed: 'name=value',
  });
}
