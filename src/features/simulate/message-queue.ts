import type { DrawnLoad } from './load';

/** The queue: which messages wait, and how many are in flight. A message is its index in the load. */
export class MessageQueue {
  visible = 0;
  inFlight = 0;
  private readonly load: DrawnLoad;
  private readonly isWaiting: Uint8Array;
  /** No message before this one is waiting. */
  private oldest = 0;
  private readonly isDeleted: Uint8Array;
  /** Every message before this one is deleted. */
  private oldestLeft = 0;
  /** One for each group of a FIFO queue, else one for all. */
  private readonly lines: Line[];
  /** Groups with a message that can be received, since none of the group is in flight. */
  private readonly ready = new Line();
  private readonly isHeld: Uint8Array;

  constructor(load: DrawnLoad) {
    this.load = load;
    this.isWaiting = new Uint8Array(load.arrivalSeconds.length);
    this.isDeleted = new Uint8Array(load.arrivalSeconds.length);
    const groups =
      load.groups === undefined ? 1 : load.groups.reduce((most, group) => Math.max(most, group), 0) + 1;
    this.lines = Array.from({ length: groups }, () => new Line());
    this.isHeld = new Uint8Array(groups);
  }

  get canReceive(): boolean {
    return this.load.groups === undefined ? this.visible > 0 : this.ready.length > 0;
  }

  send(message: number): void {
    this.wait(message);
    this.lineOf(message).push(message);
    this.offer(message);
  }

  receive(): number | undefined {
    const message = this.lines[this.load.groups === undefined ? 0 : (this.ready.shift() ?? -1)]?.shift();
    if (message === undefined) return undefined;
    this.isWaiting[message] = 0;
    this.visible -= 1;
    this.inFlight += 1;
    this.isHeld[this.groupOf(message)] = 1;
    return message;
  }

  delete(message: number): void {
    this.inFlight -= 1;
    this.isDeleted[message] = 1;
    this.release(message);
  }

  /** Makes a message whose job did not end visible again, before the messages that came after it. */
  giveBack(message: number): void {
    this.inFlight -= 1;
    this.wait(message);
    this.oldest = Math.min(this.oldest, message);
    this.lineOf(message).unshift(message);
    this.release(message);
  }

  oldestWaitSeconds(nowSeconds: number): number {
    if (this.visible === 0) return 0;
    while (this.isWaiting[this.oldest] === 0) this.oldest += 1;
    return nowSeconds - this.load.arrivalSeconds[this.oldest]!;
  }

  /** How old the oldest message is that waits or is in flight. */
  oldestAgeSeconds(nowSeconds: number): number {
    if (this.visible + this.inFlight === 0) return 0;
    while (this.isDeleted[this.oldestLeft] === 1) this.oldestLeft += 1;
    return nowSeconds - this.load.arrivalSeconds[this.oldestLeft]!;
  }

  private wait(message: number): void {
    this.isWaiting[message] = 1;
    this.visible += 1;
  }

  private groupOf(message: number): number {
    return this.load.groups?.[message] ?? 0;
  }

  private lineOf(message: number): Line {
    return this.lines[this.groupOf(message)]!;
  }

  /** Makes a group ready if this is its only message and none of it is in flight. */
  private offer(message: number): void {
    const group = this.groupOf(message);
    if (this.load.groups === undefined || this.isHeld[group] === 1) return;
    if (this.lines[group]!.length === 1) this.ready.push(group);
  }

  private release(message: number): void {
    const group = this.groupOf(message);
    this.isHeld[group] = 0;
    if (this.load.groups !== undefined && this.lines[group]!.length > 0) this.ready.push(group);
  }
}

/** First in, first out. An item that is needed again goes back to the front. */
class Line {
  private items: number[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: number): void {
    this.items.push(item);
  }

  unshift(item: number): void {
    if (this.head === 0) this.items.unshift(item);
    else {
      this.head -= 1;
      this.items[this.head] = item;
    }
  }

  shift(): number | undefined {
    const item = this.items[this.head];
    if (item === undefined) return undefined;
    this.head += 1;
    if (this.head > 1_024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
