import {
  becomesDeadLetter,
  canHide,
  fallsAsleep,
  MAX_DELAY_SECONDS,
  MAX_POLL_SECONDS,
  MAX_WAKE_SECONDS,
  sharesOfGroups,
  toldByQueue,
  whenFull,
} from '../../src/scaling/aws/sqs';
import { AwsError } from '../../src/aws-json/client';
import { EventQueue } from '../../src/features/simulate/events';
import type { MetricValues } from '../../src/scaling/aws/cloudwatch';
import { MAX_BATCH } from '../../src/shared/batches';
import type { SqsActions } from '../../src/watcher/queue/sqs-client';
import type { WorldClock } from './clock';
import type { Holder, Ledger } from './ledger';

export interface QueueSettings {
  isFifo: boolean;
  maxReceives: number;
  /** Whether nobody has used the queue for six hours when the world begins, so that its metrics are asleep. */
  isAsleep?: boolean | undefined;
  /**
   * Whether the message just received will be delivered again at once, as a standard queue does on rare occasions.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
   */
  isDoubled?: (() => boolean) | undefined;
}

interface Message {
  /** The index of the message in the plan. Copies have the number of their original. */
  number: number;
  id: string;
  group: string | undefined;
  attributes: Attributes | undefined;
  sentAtMs: number;
  receives: number;
  firstReceivedAtMs: number;
  receivedAtMs: number;
  state: 'waits' | 'hidden' | 'gone';
  hiddenUntilMs: number;
  holder: Holder | undefined;
}

interface Poller {
  most: number;
  hideMs: number;
  holder: Holder;
  answer: (messages: Message[]) => void;
}

interface Hidden {
  message: Message;
  untilMs: number;
}

type Attributes = NonNullable<SqsActions['SendMessage']['input']['MessageAttributes']>;
type Received = SqsActions['ReceiveMessage']['output'];
type Failed = NonNullable<SqsActions['DeleteMessageBatch']['output']['Failed']>[number];

/** A queue and its dead-letter queue by AWS's rules. Each call is answered at once: `createWire` adds the latency. */
export class SqsQueue {
  /** How often each action was called. */
  readonly calls: Record<string, number> = {};
  emptyReceives = 0;
  /** Messages that were given out, each as often as it was. */
  receives = 0;
  private readonly messages: Message[] = [];
  private readonly settings: QueueSettings;
  private readonly clock: WorldClock;
  private readonly ledger: Ledger;
  private readonly random: () => number;
  /** Visible messages by group. A standard queue has one line, whose key is undefined. */
  private readonly lines = new Map<string | undefined, Line>();
  private readonly hidden = new EventQueue<Hidden>();
  private readonly pollers = new Set<Poller>();
  private visible = 0;
  private inFlight = 0;
  private delayed = 0;
  private gone = 0;
  private sentSinceMetrics = 0;
  private usedAtMs: number;
  private awakeAtMs = 0;
  private isArmed = false;

  constructor(deps: { settings: QueueSettings; clock: WorldClock; ledger: Ledger; random: () => number }) {
    this.settings = deps.settings;
    this.clock = deps.clock;
    this.ledger = deps.ledger;
    this.random = deps.random;
    this.usedAtMs = deps.settings.isAsleep ? -Infinity : 0;
  }

  get counts() {
    return { visible: this.visible, inFlight: this.inFlight, delayed: this.delayed };
  }

  /** Whether the counts of this model add up to all messages. */
  get isBalanced(): boolean {
    return this.visible + this.inFlight + this.delayed + this.gone === this.messages.length;
  }

  send(
    number: number,
    more: { group?: string | undefined; delaySeconds?: number; attributes?: Attributes | undefined } = {},
  ): string {
    this.use();
    const { group, delaySeconds = 0, attributes } = more;
    const id = `m${this.messages.length}`;
    const nowMs = this.clock.now();
    const message: Message = {
      number,
      id,
      group,
      attributes,
      sentAtMs: nowMs,
      receives: 0,
      firstReceivedAtMs: 0,
      receivedAtMs: 0,
      state: 'hidden',
      hiddenUntilMs: nowMs,
      holder: undefined,
    };
    this.messages.push(message);
    this.sentSinceMetrics += 1;
    this.ledger.send(number);
    if (delaySeconds > 0) {
      this.delayed += 1;
      this.hide(message, Math.min(delaySeconds, MAX_DELAY_SECONDS) * 1000);
    } else this.show(message);
    this.serve();
    return id;
  }

  /** @param answer called at once, when a message arrives, or when the poll times out */
  receive(
    input: SqsActions['ReceiveMessage']['input'],
    holder: Holder,
    answer: (output: Received) => void,
  ): void {
    this.count('ReceiveMessage');
    const { isFifo } = this.settings;
    const full = whenFull({ isFifo, inFlight: this.inFlight });
    if (full === 'OverLimit') throw new AwsError(403, '{"__type":"com.amazonaws.sqs#OverLimit"}');
    const poller: Poller = {
      most: Math.min(input.MaxNumberOfMessages ?? 1, MAX_BATCH),
      hideMs: (input.VisibilityTimeout ?? 30) * 1000,
      holder,
      answer: (messages) => {
        if (messages.length === 0) this.emptyReceives += 1;
        answer({ Messages: messages.map(toWire) });
      },
    };
    const found = full === undefined ? this.take(poller) : [];
    const waitSeconds = Math.min(input.WaitTimeSeconds ?? 0, MAX_POLL_SECONDS);
    if (found.length > 0 || waitSeconds === 0) {
      poller.answer(found);
      return;
    }
    // SQS does not notice that a poller has gone: a message that arrives within the wait time is given to it.
    this.pollers.add(poller);
    this.clock.after(waitSeconds * 1000, () => {
      if (this.pollers.delete(poller)) poller.answer([]);
    });
    this.arm();
  }

  deleteBatch(input: SqsActions['DeleteMessageBatch']['input'], holder: Holder): Failed[] {
    this.count('DeleteMessageBatch');
    return (input.Entries ?? []).flatMap(({ Id, ReceiptHandle }) => {
      const failed = this.delete(ReceiptHandle ?? '', holder);
      return failed === undefined
        ? []
        : [{ Id, SenderFault: true, Code: 'InvalidParameterValue', Message: failed }];
    });
  }

  changeBatch(input: SqsActions['ChangeMessageVisibilityBatch']['input']): Failed[] {
    this.count('ChangeMessageVisibilityBatch');
    return (input.Entries ?? []).flatMap(({ Id, ReceiptHandle, VisibilityTimeout }) => {
      const failed = this.change(ReceiptHandle ?? '', VisibilityTimeout ?? 0);
      return failed === undefined
        ? []
        : [{ Id, SenderFault: true, Code: 'InvalidParameterValue', Message: failed }];
    });
  }

  sendMessage(input: SqsActions['SendMessage']['input']): SqsActions['SendMessage']['output'] {
    this.count('SendMessage');
    const MessageId = this.send(Number(input.MessageBody), {
      group: input.MessageGroupId,
      delaySeconds: input.DelaySeconds ?? 0,
      attributes: input.MessageAttributes,
    });
    return { MessageId };
  }

  /** Sets a tag to the value that it has: the call changes nothing, but it counts as a use of the queue. */
  tag(): void {
    this.count('TagQueue');
  }

  /** @returns the number of the message that the receipt handle is for */
  numberOf(handle: string): number {
    return this.messages[Number(handle.split('.')[0])]!.number;
  }

  /** @returns the metrics of one minute; none while they are asleep */
  takeMetrics(): MetricValues {
    this.showExpired();
    const [visible, inFlight, sent] = [this.visible, this.inFlight, this.sentSinceMetrics];
    const nowMs = this.clock.now();
    if (visible + inFlight + this.delayed > 0) this.use();
    if (nowMs < this.awakeAtMs || fallsAsleep(this.usedAtMs / 1000, nowMs / 1000)) return {};
    this.sentSinceMetrics = 0;
    return toldByQueue({ visible, inFlight, sent });
  }

  private count(name: string): void {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
    this.use();
    this.showExpired();
  }

  /** Keeps the queue's metrics awake, or begins to wake them. Any action does. */
  private use(): void {
    const nowMs = this.clock.now();
    if (fallsAsleep(this.usedAtMs / 1000, nowMs / 1000))
      this.awakeAtMs = nowMs + this.random() * MAX_WAKE_SECONDS * 1000;
    this.usedAtMs = nowMs;
  }

  private find(handle: string): { message: Message; isLatest: boolean } {
    const [sequence, receives] = handle.split('.').map(Number);
    const message = this.messages[sequence!]!;
    return { message, isLatest: message.receives === receives };
  }

  private delete(handle: string, holder: Holder): string | undefined {
    const { message, isLatest } = this.find(handle);
    if (message.state === 'gone') return undefined;
    if (this.settings.isFifo && (!isLatest || message.state !== 'hidden'))
      return 'The receipt handle has expired';
    // A deletion by the handle of an earlier receive succeeds, but SQS may keep the message.
    if (!isLatest) {
      this.ledger.excuse(message.number, 'it was deleted by an old handle');
      return undefined;
    }
    this.drop(message);
    this.ledger.delete(message.number, holder);
    this.serve();
    return undefined;
  }

  private change(handle: string, seconds: number): string | undefined {
    const { message, isLatest } = this.find(handle);
    if (!isLatest || message.state !== 'hidden')
      return 'Message does not exist or is not available for visibility timeout change.';
    const times = { receivedAtSeconds: message.receivedAtMs / 1000, nowSeconds: this.clock.now() / 1000 };
    if (!canHide({ ...times, forSeconds: seconds }))
      return 'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]';
    if (seconds > 0) this.hide(message, seconds * 1000);
    else {
      this.inFlight -= 1;
      if (message.group !== undefined) this.lineOf(message).inFlight -= 1;
      this.show(message);
      this.serve();
    }
    return undefined;
  }

  private hide(message: Message, milliseconds: number): void {
    message.hiddenUntilMs = this.clock.now() + milliseconds;
    this.hidden.add(message.hiddenUntilMs / 1000, { message, untilMs: message.hiddenUntilMs });
    this.arm();
  }

  private show(message: Message): void {
    message.state = 'waits';
    this.visible += 1;
    this.lineOf(message).add(message);
  }

  private drop(message: Message): void {
    if (message.state === 'waits') {
      this.visible -= 1;
      this.lineOf(message).remove(message);
    } else {
      this.inFlight -= 1;
      if (message.group !== undefined) this.lineOf(message).inFlight -= 1;
    }
    message.state = 'gone';
    this.gone += 1;
  }

  private lineOf({ group }: Message): Line {
    let line = this.lines.get(group);
    if (line === undefined) this.lines.set(group, (line = new Line(group !== undefined)));
    return line;
  }

  /** Makes the messages visible whose delay or visibility timeout is over. */
  private showExpired(): void {
    const nowSeconds = this.clock.now() / 1000;
    while (this.hidden.nextAtSeconds <= nowSeconds) {
      const { message, untilMs } = this.hidden.take()!;
      if (message.state !== 'hidden' || message.hiddenUntilMs !== untilMs) continue;
      if (message.receives === 0) this.delayed -= 1;
      else {
        this.inFlight -= 1;
        if (message.group !== undefined) this.lineOf(message).inFlight -= 1;
        this.ledger.expire(message.number, message.holder, untilMs);
      }
      this.show(message);
    }
  }

  private serve(): void {
    for (;;) {
      const waiting = [...this.pollers];
      if (waiting.length === 0 || this.visible === 0) return;
      const poller = waiting[Math.floor(this.random() * waiting.length)]!;
      const messages = this.take(poller);
      if (messages.length === 0) return;
      this.pollers.delete(poller);
      // The answer is an event of its own: a sender does not wait for the receiver.
      this.clock.after(1, () => {
        poller.answer(messages);
      });
    }
  }

  private take(poller: Poller): Message[] {
    const taken = this.settings.isFifo ? this.takeOfGroups(poller.most) : this.takeOfLine(poller.most);
    const nowMs = this.clock.now();
    for (const message of taken) {
      message.receives += 1;
      this.receives += 1;
      message.receivedAtMs = nowMs;
      if (message.receives === 1) message.firstReceivedAtMs = nowMs;
      message.holder = poller.holder;
      message.state = 'hidden';
      this.visible -= 1;
      this.inFlight += 1;
      if (message.group !== undefined) this.lineOf(message).inFlight += 1;
      this.hide(message, poller.hideMs);
      if (!this.settings.isFifo && this.settings.isDoubled?.()) this.double(message);
    }
    return taken;
  }

  private double(message: Message): void {
    const { receives } = message;
    this.clock.quietly(this.random() * 5_000, () => {
      if (message.state !== 'hidden' || message.receives !== receives) return;
      this.inFlight -= 1;
      this.ledger.excuse(message.number, 'SQS gave it twice', { mayHaveTwin: true });
      this.show(message);
      this.serve();
    });
  }

  private takeOfLine(most: number): Message[] {
    const line = this.lines.get(undefined);
    const taken: Message[] = [];
    while (line !== undefined && taken.length < most) {
      const message = line.first();
      if (message === undefined) break;
      line.remove(message);
      if (!this.isDeadLetter(message)) taken.push(message);
    }
    return taken;
  }

  private takeOfGroups(most: number): Message[] {
    const free = [...this.lines.values()]
      .filter((line) => line.inFlight === 0 && this.dropDeadLetters(line).length > 0)
      .sort((one, other) => sequenceOf(one.first()!) - sequenceOf(other.first()!));
    const shares = sharesOfGroups(
      free.map(({ length }) => length),
      most,
    );
    return free.flatMap((line, index) =>
      Array.from({ length: shares[index]! }, () => {
        const message = line.first()!;
        line.remove(message);
        return message;
      }),
    );
  }

  private dropDeadLetters(line: Line): Line {
    for (let first = line.first(); first !== undefined; first = line.first()) {
      if (!becomesDeadLetter(first.receives, this.settings.maxReceives)) break;
      line.remove(first);
      this.isDeadLetter(first);
    }
    return line;
  }

  /** @returns whether the message has used up its receives; it is then moved to the dead-letter queue */
  private isDeadLetter(message: Message): boolean {
    if (!becomesDeadLetter(message.receives, this.settings.maxReceives)) return false;
    this.visible -= 1;
    message.state = 'gone';
    this.gone += 1;
    this.ledger.becomeDead(message.number, this.settings.isFifo, message.holder);
    return true;
  }

  /** Serves the waiting pollers when the next message becomes visible. */
  private arm(): void {
    if (this.isArmed || this.pollers.size === 0 || this.hidden.nextAtSeconds === Infinity) return;
    this.isArmed = true;
    this.clock.quietly(Math.max(0, this.hidden.nextAtSeconds * 1000 - this.clock.now()), () => {
      this.isArmed = false;
      this.showExpired();
      this.serve();
      this.arm();
    });
  }
}

const sequenceOf = ({ id }: Message) => Number(id.slice(1));

const toWire = (message: Message): NonNullable<Received['Messages']>[number] => ({
  MessageId: message.id,
  ReceiptHandle: `${sequenceOf(message)}.${message.receives}`,
  Body: String(message.number),
  MD5OfBody: '',
  Attributes: {
    SentTimestamp: String(Math.floor(message.sentAtMs)),
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAtMs)),
    ApproximateReceiveCount: String(message.receives),
    ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
  },
  ...(message.attributes === undefined ? {} : { MessageAttributes: message.attributes }),
});

/** Visible messages: in sending order if `isOrdered`, as in a FIFO group; otherwise a returning message comes last. */
class Line {
  inFlight = 0;
  private items: Message[] = [];
  private head = 0;
  private readonly isOrdered: boolean;

  constructor(isOrdered: boolean) {
    this.isOrdered = isOrdered;
  }

  get length(): number {
    return this.items.length - this.head;
  }

  first(): Message | undefined {
    return this.items[this.head];
  }

  add(message: Message): void {
    this.items.push(message);
    if (!this.isOrdered) return;
    let index = this.items.length - 1;
    while (index > this.head && sequenceOf(this.items[index - 1]!) > sequenceOf(message)) {
      this.items[index] = this.items[index - 1]!;
      index -= 1;
    }
    this.items[index] = message;
  }

  remove(message: Message): void {
    if (this.items[this.head] === message) this.head += 1;
    else this.items.splice(this.items.indexOf(message, this.head), 1);
    if (this.head > 1_000 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
  }
}
