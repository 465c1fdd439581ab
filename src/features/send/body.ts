import { text } from 'node:stream/consumers';
import { UserError } from '../../errors/user-error';
import { argumentProblem } from '../command/options';
import type { CommandRun } from '../command/command';

const EXAMPLE = 'sls watchbot send \'{"z":1}\'';

/** The only argument, or standard input where there is none. */
export async function messageBody({ words, terminal }: CommandRun): Promise<string> {
  const [body, ...others] = words;
  if (others.length > 0) {
    throw UserError.of(
      argumentProblem('sls watchbot send', {
        given: `${others.length + 1} words`,
        allowed: 'one message',
        advice: 'put it into quotes: sls watchbot send \'{"z": 1}\'',
      }),
    );
  }
  if (body !== undefined) return body;
  if (terminal.input.isTTY === true) {
    throw UserError.of(
      argumentProblem('sls watchbot send', {
        given: 'no message',
        allowed: 'a message as an argument, on standard input, or --file FILE',
        advice: EXAMPLE,
      }),
    );
  }
  return text(terminal.input);
}
