import type { Worker } from '../../config/configuration';
import { chooseWorker } from '../common/choose-worker';
import { openDeadLetters, type DeadLetterQueue } from './queue';
import { deployedWorkers, type DeployedWorker } from '../common/deployed-worker';
import type { CommandRun } from '../common/command';
import { textOption } from '../common/options';
import { placeOf } from '../common/place';

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
