// A queue by SQS's rules of delivery, without its API.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html

/** Messages that wait in a standard queue. */
class StandardOrder {
  #waiting = [];

  put(message) {
    this.#waiting.push(message);
  }

  take(most) {
    return this.#waiting.splice(0, most);
  }

  giveBack(message) {
    this.#waiting.push(message);
  }

  settle() {
    // In a standard queue a message holds up no other.
  }

  /** @returns how many messages waited */
  clear() {
    return this.#waiting.splice(0).length;
  }
}

/**
 * Messages that wait in a FIFO queue. As many as possible of one group are given before any of the next one, and none of a
 * group of which a message is in flight.
 */
class GroupOrder {
  #groups = new Map();
  /** Groups of which messages can be given. Which of them comes first AWS does not say: here the one that waited longest. */
  #ready = [];

  put(message) {
    const group = this.#groupOf(message);
    group.waiting.push(message);
    this.#makeReady(group);
  }

  take(most) {
    const taken = [];
    while (taken.length < most && this.#ready.length > 0) {
      const group = this.#ready.shift();
      group.isReady = false;
      const messages = group.waiting.splice(0, most - taken.length);
      group.inFlight += messages.length;
      taken.push(...messages);
    }
    return taken;
  }

  /** The message gets its place back. */
  giveBack(message) {
    const group = this.#groupOf(message);
    const place = group.waiting.findIndex(({ index }) => index > message.index);
    group.waiting.splice(place < 0 ? group.waiting.length : place, 0, message);
    group.inFlight -= 1;
    this.#makeReady(group);
  }

  settle(message) {
    const group = this.#groupOf(message);
    group.inFlight -= 1;
    this.#makeReady(group);
  }

  /** @returns how many messages waited */
  clear() {
    this.#ready = [];
    let count = 0;
    for (const group of this.#groups.values()) {
      count += group.waiting.splice(0).length;
      group.isReady = false;
    }
    return count;
  }

  #makeReady(group) {
    if (group.isReady || group.inFlight > 0 || group.waiting.length === 0) return;
    group.isReady = true;
    this.#ready.push(group);
  }

  #groupOf({ group: name }) {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { waiting: [], inFlight: 0, isReady: false };
      this.#groups.set(name, group);
    }
    return group;
  }
}

/** Keeps messages until they are deleted, and hides those that were received. */
export class Queue {
  #order;
  #inFlight = new Map();
  /** Messages that are not deleted. */
  size = 0;

  constructor({ isFifo }) {
    this.#order = isFifo ? new GroupOrder() : new StandardOrder();
  }

  send(message) {
    this.size += 1;
    this.#order.put({ ...message, receives: 0, firstReceivedMs: 0, visibleMs: 0 });
  }

  /** Drops all that wait; what is in flight stays. */
  clear() {
    this.size -= this.#order.clear();
  }

  receive(most, { nowMs, visibilityMs }) {
    const messages = this.#order.take(most);
    for (const message of messages) {
      message.receives += 1;
      message.firstReceivedMs ||= nowMs;
      message.visibleMs = nowMs + visibilityMs;
      this.#inFlight.set(message.index, message);
    }
    return messages;
  }

  /** @returns whether the message was in flight */
  delete(index) {
    const message = this.#inFlight.get(index);
    if (message === undefined) return false;
    this.#inFlight.delete(index);
    this.size -= 1;
    this.#order.settle(message);
    return true;
  }

  /** @returns whether the message was in flight */
  changeVisibility(index, { nowMs, visibilityMs }) {
    const message = this.#inFlight.get(index);
    if (message === undefined) return false;
    message.visibleMs = nowMs + visibilityMs;
    if (visibilityMs === 0) this.#show(message);
    return true;
  }

  /** Makes visible what nobody has deleted in its time. */
  expire(nowMs) {
    for (const message of this.#inFlight.values()) if (message.visibleMs <= nowMs) this.#show(message);
  }

  #show(message) {
    this.#inFlight.delete(message.index);
    this.#order.giveBack(message);
  }
}
