import type { Worker } from '../../config/configuration';
import { chooseWorker } from '../../operations/choose-worker';
import { openDeadLetters, type DeadLetterQueue } from '../../operations/dead-letters/queue';
import { deployedWorkers, type DeployedWorker } from '../../operations/deployed-worker';
import type { CommandRun } from '../command';
import { textOption } from '../options';
import { placeOf } from '../place';

export interface Opened {
  worker: Worker;
  deployed: DeployedWorker;
  queue: DeadLetterQueue;
}

/** The dead-letter queue that a command is about. */
export async function open({ configuration, options, target }: CommandRun): Promise<Opened> {
  const worker = chooseWorker(configuration, textOption(options, 'worker'));
  const place = placeOf(target);
  const [deployed] = await deployedWorkers(place, configuration, [worker]);
  return { worker, deployed: deployed!, queue: await openDeadLetters(place, deployed!) };
}
