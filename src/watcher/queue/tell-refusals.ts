import type { Logger } from '../log/logger';
import { Outage } from './outage';
import type { Queue } from './queue';

/**
 * A settlement is tried again until its message is another watcher's. What no retry cures is told when it is first met,
 * since each message is done again for it.
 */
export function tellRefusals<Settling extends Omit<Queue, 'receive'>>(
  queue: Settling,
  log: Pick<Logger, 'error' | 'info'>,
): Settling {
  const told = <Input extends unknown[], Answer>(
    what: string,
    call: (...input: Input) => Promise<Answer>,
  ): ((...input: Input) => Promise<Answer>) => {
    const outage = new Outage({
      log,
      broken: `cannot ${what}, and they come again`,
      restored: `SQS lets messages be settled again: can ${what}`,
      // Nothing of what may pass by itself.
      failuresToTell: Infinity,
    });
    return async (...input) => {
      try {
        const answer = await call(...input);
        outage.succeeded();
        return answer;
      } catch (error) {
        outage.failed(error);
        throw error;
      }
    };
  };
  return {
    ...queue,
    deleteBatch: told('delete messages', queue.deleteBatch),
    changeVisibilityBatch: told('return messages', queue.changeVisibilityBatch),
    sendCopy: told('send messages anew', queue.sendCopy),
  };
}
