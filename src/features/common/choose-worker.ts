import type { Configuration, Worker } from '../../config/configuration';
import { didYouMean } from '../../config/suggest';
import { UserError } from '../../errors/user-error';

/**
 * The worker that a command is about.
 * @throws {UserError} `WATCHBOT_UNKNOWN_WORKER` where the name is unknown, or none is given and there are several.
 */
export function chooseWorker({ workers }: Configuration, name: string | undefined): Worker {
  const [only, ...others] = workers;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  const found = workers.find((worker) => worker.name === name);
  if (found !== undefined) return found;
  const names = workers.map((worker) => worker.name);
  throw UserError.of({
    code: 'WATCHBOT_UNKNOWN_WORKER',
    place: '--worker',
    given: name ?? 'nothing, and the service has several workers',
    allowed: names.join(', '),
    advice: (name === undefined ? undefined : didYouMean(name, names)) ?? 'name one of them',
  });
}
