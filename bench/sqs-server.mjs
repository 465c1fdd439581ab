// A server of SQS's JSON protocol in a process of its own, with only what the bench's consumers call. It is as cheap as
// possible, so that it is not what is measured. The parent says what is in which queue, and how long each answer takes.
// A queue whose name ends with .fifo is a FIFO queue.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { clearTimeout, setInterval, setTimeout } from 'node:timers';
import { Queue } from './queue.mjs';

const HEAD_END = '\r\n\r\n';
const DEFAULT_VISIBILITY_SECONDS = 30;
/** How often it is looked for messages that nobody has deleted in their time. */
const EXPIRY_MS = 500;

/** On the clock that all processes of the machine share. */
const machineMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Of all queues, so that a message's id says which it is. */
let nextIndex = 0;

/** A queue, the polls that wait for its messages, and what is measured of it. */
class Served {
  latencyMs = 0;
  calls = {};
  emptyReceives = 0;
  /** When each message's first answer was begun, by its index. */
  handedMs = new Map();
  #queue;
  #polls = new Set();
  /** The first receive after the queue was filled. */
  #beginMs;
  /** Is called with the number of messages that a call has deleted. */
  #onDeletion;

  constructor(name) {
    this.#queue = new Queue({ isFifo: name.endsWith('.fifo') });
  }

  /**
   * Measures until `count` messages are deleted, of `backlog` that there are; the rest is dropped. Resolves once nothing is in
   * flight. Message `n` is of group `n` modulo `groups`.
   */
  drain({ count, backlog, groups, body, latencyMs }) {
    this.latencyMs = latencyMs;
    this.calls = {};
    this.emptyReceives = 0;
    this.handedMs.clear();
    const firstIndex = nextIndex;
    return new Promise((resolve) => {
      let ms;
      let deleted = 0;
      this.#onDeletion = (more) => {
        deleted += more;
        if (deleted >= count && ms === undefined) {
          ms = machineMs() - this.#beginMs;
          this.#queue.clear();
        }
        if (this.#queue.size > 0) return;
        this.#onDeletion = undefined;
        resolve({ ms, deleted, firstIndex, ...this.counts() });
      };
      for (let sent = 0; sent < backlog; sent += 1) this.#put(body, `group-${sent % groups}`);
      this.#beginMs = undefined;
      this.#serve();
    });
  }

  counts() {
    return { calls: { ...this.calls }, emptyReceives: this.emptyReceives, handedMs: [...this.handedMs] };
  }

  send({ body, latencyMs }) {
    this.latencyMs = latencyMs;
    this.#put(body, 'group-0');
    this.#serve();
  }

  expire() {
    this.#queue.expire(Date.now());
    this.#serve();
  }

  /** Answers now, or when there are messages, or with none when the time is over. @returns a function that gives up */
  receive(input, answer) {
    const { MaxNumberOfMessages = 1, WaitTimeSeconds = 0, VisibilityTimeout } = input;
    const visibilityMs = (VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS) * 1000;
    const poll = { most: MaxNumberOfMessages, visibilityMs, answer, timer: undefined };
    if (this.#give(poll)) return () => undefined;
    this.#polls.add(poll);
    const end = () => {
      clearTimeout(poll.timer);
      this.#polls.delete(poll);
    };
    poll.timer = setTimeout(() => {
      end();
      this.emptyReceives += 1;
      answer('{}');
    }, WaitTimeSeconds * 1000);
    return end;
  }

  delete(handles) {
    const deleted = handles.filter((handle) => this.#queue.delete(indexOf(handle)));
    this.#onDeletion?.(deleted.length);
    this.#serve();
  }

  changeVisibility(changes) {
    const nowMs = Date.now();
    for (const { ReceiptHandle, VisibilityTimeout } of changes)
      this.#queue.changeVisibility(indexOf(ReceiptHandle), { nowMs, visibilityMs: VisibilityTimeout * 1000 });
    this.#serve();
  }

  #put(body, group) {
    this.#queue.send({ index: nextIndex, body, group, sentMs: Date.now() });
    nextIndex += 1;
  }

  #serve() {
    for (const poll of this.#polls) {
      if (!this.#give(poll)) return;
      clearTimeout(poll.timer);
      this.#polls.delete(poll);
    }
  }

  #give({ most, visibilityMs, answer }) {
    const messages = this.#queue.receive(most, { nowMs: Date.now(), visibilityMs });
    if (messages.length === 0) return false;
    this.#beginMs ??= machineMs();
    answer(`{"Messages":[${messages.map(messageText).join(',')}]}`, () => {
      const nowMs = machineMs();
      for (const { index, receives } of messages) if (receives === 1) this.handedMs.set(index, nowMs);
    });
    return true;
  }
}

function messageText({ index, body, group, sentMs, receives, firstReceivedMs }) {
  const id = idOf(index);
  const attributes = {
    SentTimestamp: String(sentMs),
    ApproximateFirstReceiveTimestamp: String(firstReceivedMs),
    ApproximateReceiveCount: String(receives),
    MessageGroupId: group,
  };
  const { text, md5 } = bodyTexts(body);
  return `{"MessageId":"${id}","ReceiptHandle":"${id}/${receives}","Body":${text},"MD5OfBody":"${md5}","Attributes":${JSON.stringify(attributes)}}`;
}

const ID_START = '00000000-0000-0000-0000-';
const idOf = (index) => `${ID_START}${String(index).padStart(12, '0')}`;
const indexOf = (handle) => Number(handle.slice(ID_START.length).split('/')[0]);

const knownBodies = new Map();
function bodyTexts(body) {
  if (!knownBodies.has(body)) {
    knownBodies.set(body, {
      text: JSON.stringify(body),
      md5: createHash('md5').update(body).digest('hex'),
    });
  }
  return knownBodies.get(body);
}

const allDone = (entries) => JSON.stringify({ Successful: entries.map(({ Id }) => ({ Id })), Failed: [] });

/** What the consumers call. Each answers, and may return a function that gives a waiting call up. */
const ACTIONS = {
  ReceiveMessage: (served, input, answer) => served.receive(input, answer),
  DeleteMessage: (served, { ReceiptHandle }, answer) => {
    answer('{}');
    served.delete([ReceiptHandle]);
  },
  DeleteMessageBatch: (served, { Entries }, answer) => {
    answer(allDone(Entries));
    served.delete(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
  },
  ChangeMessageVisibility: (served, input, answer) => {
    answer('{}');
    served.changeVisibility([input]);
  },
  ChangeMessageVisibilityBatch: (served, { Entries }, answer) => {
    answer(allDone(Entries));
    served.changeVisibility(Entries);
  },
};

const queues = new Map();
function servedOf(name) {
  if (!queues.has(name)) queues.set(name, new Served(name));
  return queues.get(name);
}

/**
 * Serves the requests of a connection one after another, those of several side by side. Each request has a length. All
 * texts are latin1. A plain socket server: Node's HTTP server takes as much processor time as a consumer's call.
 */
function serveConnection(socket) {
  let giveUp = () => undefined;
  socket.on('close', () => giveUp());
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').setNoDelay(true);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
    const headEnd = text.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const end = headEnd + HEAD_END.length + Number(/content-length: (\d+)/i.exec(text)[1]);
    if (text.length < end) return;
    const [, action] = /x-amz-target: \S+\.(\w+)/i.exec(text);
    if (!(action in ACTIONS)) throw new Error(`the bench's SQS has no ${action}`);
    const input = JSON.parse(text.slice(headEnd, end));
    text = text.slice(end);
    const served = servedOf(input.QueueUrl.split('/').at(-1));
    served.calls[action] = (served.calls[action] ?? 0) + 1;
    // A call has its effect when it comes, and its answer is late.
    const answer = (body, onBegun) => later(served.latencyMs, () => write(socket, body, onBegun));
    giveUp = ACTIONS[action](served, input, answer) ?? (() => undefined);
  });
}

const later = (ms, call) => (ms === 0 ? call() : setTimeout(call, ms));

function write(socket, body, onBegun) {
  if (socket.destroyed) return;
  onBegun?.();
  socket.write(answerText(body), 'latin1');
}

const answerText = (body) =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nDate: ${new Date().toUTCString()}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

setInterval(() => queues.forEach((served) => served.expire()), EXPIRY_MS);

const ORDERS = {
  drain: (served, options) => served.drain(options),
  send: (served, options) => served.send(options),
  counts: (served) => served.counts(),
};

process.on('message', async ({ order, number, queue, options }) => {
  process.send({ number, result: await ORDERS[order](servedOf(queue), options) });
});
process.on('disconnect', () => process.exit());

const server = createServer(serveConnection).listen(0, '127.0.0.1', () => {
  process.send({ endpoint: `http://127.0.0.1:${server.address().port}` });
});
