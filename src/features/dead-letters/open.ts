import type { Worker } from '../../config/configuration';
import { chooseWorker, deployedWorkers, type DeployedWorker } from '../stack/workers';
import { openDeadLetters, type DeadLetterQueue } from './queue';
import type { CommandRun } from '../command/command';
import { textOption } from '../command/options';

export interface Opened {
  worker: Worker;
  deployed: DeployedWorker;
  queue: DeadLetterQueue;
}

/** The dead-letter queue that a command is about. */
export async function open({ configuration, options, target }: CommandRun): Promise<Opened> {
  const worker = chooseWorker(configuration, textOption(options, 'worker'));

  const [deployed] = await deployedWorkers(target, configuration, [worker]);
  return { worker, deployed: deployed!, queue: await openDeadLetters(target, deployed!) };
}
