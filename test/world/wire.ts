import { ANSWER_TIMEOUT_MS, AwsError } from '../../src/aws-json/client';
import type { Random } from '../../src/features/simulate/load';
import type { SqsActions, SqsClient } from '../../src/watcher/queue/sqs-client';
import type { ProcessClock, WorldClock } from './clock';
import type { Faults } from './faults';
import type { Holder, Ledger } from './ledger';
import type { SqsQueue } from './sqs';

interface WireDependencies {
  queue: SqsQueue;
  ledger: Ledger;
  holder: Holder;
  /** The clock of the network: a request on its way arrives even if the process has ended. */
  world: WorldClock;
  clock: ProcessClock;
  faults: Faults;
  random: Random;
  /** Time for one way, in ms. */
  latencyMs: () => number;
  onCall: () => void;
}

type Output = SqsActions[keyof SqsActions]['output'];

/** A client of SQS that carries calls over the world's network, with its latency and faults. */
export function createWire(deps: WireDependencies): SqsClient {
  const call = (
    name: keyof SqsActions,
    input: unknown,
    options: { signal?: AbortSignal; answerTimeoutMs?: number },
  ) =>
    new Promise<Output>((resolve, reject) => {
      deps.onCall();
      const finish = (settle: () => void) => {
        cancelTimeout();
        options.signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = () => {
        finish(() => {
          reject(new Error('aborted'));
        });
      };
      const timeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
      const cancelTimeout = deps.clock.after(timeoutMs, () => {
        excuse(deps, name, input);
        finish(() => {
          reject(
            Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { name: 'TimeoutError' }),
          );
        });
      });
      options.signal?.addEventListener('abort', abort, { once: true });
      travel(
        deps,
        { name, input },
        {
          answer: (output) => {
            finish(() => {
              resolve(output);
            });
          },
          refuse: (error) => {
            finish(() => {
              reject(error);
            });
          },
        },
      );
    });
  return {
    call: (name, input, options = {}) => call(name, input, options),
    destroy: () => undefined,
  };
}

/** Tells the ledger of a call whose caller cannot know whether SQS did it. */
function excuse({ ledger, queue }: WireDependencies, name: keyof SqsActions, input: unknown): void {
  const reason = `${name} did not get through`;
  if (name === 'SendMessage')
    ledger.excuse(Number((input as { MessageBody: string }).MessageBody), reason, { mayHaveTwin: true });
  handlesOf(input).forEach((handle) => {
    ledger.excuse(queue.numberOf(handle), reason);
  });
}

interface Back {
  answer: (output: Output) => void;
  refuse: (error: Error) => void;
}

/** Carries a call to SQS and its answer back, unless a fault stops either. */
function travel(
  deps: WireDependencies,
  { name, input }: { name: keyof SqsActions; input: unknown },
  back: Back,
): void {
  const { world, clock, faults, random } = deps;
  const wayMs = () => deps.latencyMs() + (faults.active('slow') ? random.exponential(1 / 4_000) : 0);
  const deliver = (call: () => void) => {
    clock.after(wayMs(), call);
  };
  if (faults.active('unreachable')) {
    excuse(deps, name, input);
    return;
  }
  if (faults.hits('throttled') || faults.hits('failing')) {
    excuse(deps, name, input);
    deliver(() => {
      back.refuse(refusal(faults.active('throttled') !== undefined));
    });
    return;
  }
  const isAnswerLost = faults.hits('answerLost');
  world.after(wayMs(), () => {
    if (isAnswerLost) excuse(deps, name, input);
    const answer = isAnswerLost
      ? () => undefined
      : (output: Output) => {
          deliver(() => {
            back.answer(output);
          });
        };
    try {
      act(deps, name, { input, answer });
    } catch (error) {
      deliver(() => {
        back.refuse(error as Error);
      });
    }
  });
}

const refusal = (isThrottled: boolean) =>
  isThrottled
    ? new AwsError(400, '{"__type":"com.amazonaws.sqs#RequestThrottled","message":"Rate exceeded"}')
    : new AwsError(503, '{"__type":"com.amazonaws.sqs#ServiceUnavailable"}');

function act(
  deps: WireDependencies,
  name: keyof SqsActions,
  { input, answer }: { input: unknown; answer: (output: Output) => void },
): void {
  const { queue, holder } = deps;
  switch (name) {
    case 'ReceiveMessage':
      queue.receive(input as SqsActions['ReceiveMessage']['input'], holder, answer);
      return;
    case 'SendMessage':
      answer(queue.sendMessage(input as SqsActions['SendMessage']['input']));
      return;
    case 'DeleteMessageBatch': {
      const { passed, failed } = sift(deps, input as SqsActions['DeleteMessageBatch']['input']);
      answer({ Failed: [...queue.deleteBatch(passed, holder), ...failed] });
      return;
    }
    case 'ChangeMessageVisibilityBatch': {
      const { passed, failed } = sift(deps, input as SqsActions['ChangeMessageVisibilityBatch']['input']);
      answer({ Failed: [...queue.changeBatch(passed), ...failed] });
      return;
    }
  }
}

/** Splits a batch into the entries that SQS takes, and those that the fault `partial` makes fail. */
function sift<Entry extends { Id: string | undefined; ReceiptHandle: string | undefined }>(
  { faults, ledger, queue }: WireDependencies,
  input: { QueueUrl: string | undefined; Entries: Entry[] | undefined },
) {
  const Entries = input.Entries ?? [];
  if (faults.active('partial') === undefined) return { passed: input, failed: [] };
  const fails = Entries.map(() => faults.hits('partial'));
  const failing = Entries.filter((_, index) => fails[index]);
  failing.forEach(({ ReceiptHandle }) => {
    ledger.excuse(queue.numberOf(ReceiptHandle ?? ''), 'it was the entry that failed');
  });
  return {
    passed: { ...input, Entries: Entries.filter((_, index) => !fails[index]) },
    failed: failing.map(({ Id }) => ({
      Id,
      SenderFault: false,
      Code: 'InternalError',
      Message: 'try again',
    })),
  };
}

function handlesOf(input: unknown): string[] {
  const { Entries = [] } = input as { Entries?: { ReceiptHandle?: string }[] };
  return Entries.map(({ ReceiptHandle = '' }) => ReceiptHandle);
}
