import type { EngineName } from '../../config/configuration';
import { loginArguments, pushArguments } from './arguments';
import { buildImage } from './build-image';
import type { Engine } from './engine';
import type { Run } from './run-command';
import { runOrFail } from './run-or-fail';

/** An engine by its command line, which is nearly the same for all of them. */
export function engineOf(name: EngineName, run: Run): Engine {
  return {
    name,
    login: (registry, { username, password }) =>
      runOrFail(
        run,
        {
          program: name,
          arguments: loginArguments(name, registry, username),
          input: password,
          hidden: [password],
        },
        { failure: { code: 'WATCHBOT_LOGIN', place: registry, advice: LOGIN_ADVICE } },
      ),
    build: (image, options) => buildImage({ name, run }, image, options),
    push: (reference, { report }) =>
      runOrFail(
        run,
        { program: name, arguments: pushArguments(name, reference) },
        { failure: { code: 'WATCHBOT_PUSH', place: reference, advice: PUSH_ADVICE }, report },
      ),
  };
}

const LOGIN_ADVICE = 'check that the registry can be reached from here, and that the account may use it';
const PUSH_ADVICE = 'the stack was not changed; deploy again when the reason above is gone';
