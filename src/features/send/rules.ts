import type { Problem } from '../../errors/problem';
import type { Worker } from '../../config/configuration';
import type { OutgoingMessage, Way } from './message';
import { hasScheduleRole } from './schedule';
import { argumentProblem } from '../command/options';
import type { CommandRun } from '../command/command';
import { DURATION_FORMS } from '../../shared/durations';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
export const MAX_SQS_DELAY_SECONDS = 900;

/** Options that mean nothing together. */
export function contradictions({ options, words }: CommandRun, { delaySeconds }: { delaySeconds: number }) {
  const has = (name: string) => options[name] !== undefined && options[name] !== false;
  const rules: [boolean, string, string, string][] = [
    [has('file') && words.length > 0, 'MESSAGE', 'a message and --file', 'one of them'],
    [
      has('file') && has('wait'),
      '--wait',
      'with --file',
      'one message; `sls watchbot status` shows how far a file is',
    ],
    [
      has('file') && has('dedup'),
      '--dedup',
      'with --file',
      'one message; with --envelope, a line has its own `dedup`',
    ],
    [
      has('file') && delaySeconds > MAX_SQS_DELAY_SECONDS,
      '--delay',
      'more than 15m, with --file',
      'at most 15m',
    ],
    [has('start-line') && !has('file'), '--start-line', 'without --file', 'with --file'],
    [has('envelope') && !has('file'), '--envelope', 'without --file', 'with --file'],
    [has('timeout') && !has('wait'), '--timeout', 'without --wait', 'with --wait'],
    [
      has('wait') && delaySeconds > MAX_SQS_DELAY_SECONDS,
      '--wait',
      'with a --delay of more than 15m',
      'a message that SQS has: before it is sent it has no id to wait for',
    ],
  ];
  return rules
    .filter(([isBroken]) => isBroken)
    .map(([, place, given, allowed]) => argumentProblem(place, { given, allowed }));
}

interface Delayed {
  delaySeconds: number;
  worker: Worker;
  way: Way;
  common: Omit<OutgoingMessage, 'body'>;
  isLocal: boolean;
}

/** A delay goes straight to the queue; beyond 15 minutes EventBridge Scheduler sends, which knows bodies and groups only. */
export function delayProblems({ delaySeconds, worker, way, common, isLocal }: Delayed): Problem[] {
  if (delaySeconds === 0) return [];
  const problem = (given: string, allowed: string, advice?: string) =>
    argumentProblem('--delay', { given, allowed, ...(advice === undefined ? {} : { advice }) });
  if (delaySeconds <= MAX_SQS_DELAY_SECONDS) {
    return way.isFifo
      ? [problem('a FIFO queue', 'a standard queue: messages of a FIFO queue have no delay of their own')]
      : [];
  }
  if (isLocal) return [problem('more than 15m, with --local', 'at most 15m: the emulator has no scheduler')];
  const hasAttributes = Object.keys(common.attributes ?? {}).length > 0;
  return [
    ...(hasScheduleRole(worker)
      ? []
      : [
          problem(
            'more than 15m',
            `${DURATION_FORMS}; at most 15m, which is how long SQS can wait`,
            'beyond it EventBridge Scheduler sends, with the role that a worker with `events: - schedule` has (`enabled: false` is enough)',
          ),
        ]),
    ...(hasAttributes || common.deduplicationId !== undefined
      ? [problem('more than 15m, with --attribute or --dedup', 'neither: EventBridge Scheduler sends a body')]
      : []),
  ];
}
