import type { MessageAttribute } from './message';
import { argumentProblem, type ProblemList, listOption } from '../command/options';
import type { Options } from '../command/command';

const TYPES = ['String', 'Number'] as const;
const PAIR = /^([^=:]+)(?::([^=]*))?=(.*)$/s;

/** `--attribute key=value`, or `--attribute key:Number=5`, any number of times. */
export function attributesOption(options: Options, problems: ProblemList): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (const text of listOption(options, 'attribute')) {
    const [, name = '', typeName = 'String', value = ''] = PAIR.exec(text) ?? [];
    const type = TYPES.find((each) => each === typeName);
    if (name === '' || type === undefined) {
      const allowed = 'NAME=TEXT, or NAME:Number=NUMBER';
      problems.add(argumentProblem('--attribute', { given: text, allowed }));
    } else if (Object.hasOwn(attributes, name)) {
      problems.add(argumentProblem('--attribute', { given: `${name}, twice`, allowed: 'each name once' }));
    } else attributes[name] = { type, value };
  }
  return attributes;
}
