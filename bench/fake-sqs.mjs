// A fake of SQS with only what the watcher needs. It is as cheap as possible, so that it is not what is measured.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Gives out a number of messages, and notices when all have been deleted. */
export class FakeSqs {
  calls = { ReceiveMessage: 0, DeleteMessageBatch: 0, ChangeMessageVisibilityBatch: 0 };
  // A plain socket server: Node's HTTP server takes as much CPU time as the watcher's call.
  #server = createServer((socket) => this.#serve(socket));
  #sockets = new Set();
  #left = 0;
  #undeleted = 0;
  #next = 0;
  /** Waiting polls by connection. */
  #polls = new Map();
  #onFirst = () => undefined;
  #onLast = () => undefined;

  /** Gives out `count` messages. @returns milliseconds from the first receive to the last deletion */
  async drain(count) {
    this.#left = this.#undeleted = count;
    const first = new Promise((resolve) => (this.#onFirst = resolve));
    const last = new Promise((resolve) => (this.#onLast = resolve));
    const polls = [...this.#polls.values()];
    this.#polls.clear();
    polls.forEach((poll) => poll());
    await first;
    const begin = performance.now();
    await last;
    return performance.now() - begin;
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  close() {
    this.#sockets.forEach((socket) => socket.destroy());
    this.#server.close();
  }

  /**
   * Serves the requests of a connection one after another. The watcher sends each with a length. All texts are latin1.
   */
  #serve(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      // The watcher gives up a poll that takes too long.
      this.#polls.delete(socket);
    });
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').setNoDelay(true);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      const headEnd = text.indexOf(HEAD_END);
      if (headEnd < 0) return;
      const end = headEnd + HEAD_END.length + Number(/content-length: (\d+)/i.exec(text)[1]);
      if (text.length < end) return;
      const [, name] = /x-amz-target: \S+\.(\w+)/i.exec(text);
      const input = JSON.parse(text.slice(headEnd, end));
      text = text.slice(end);
      this.#answer(name, input, socket);
    });
  }

  #answer(name, input, socket) {
    this.calls[name] += 1;
    if (name === 'ReceiveMessage') return this.#receive(input.MaxNumberOfMessages, socket);
    reply(socket, { Successful: input.Entries.map(({ Id }) => ({ Id })), Failed: [] });
    if (name !== 'DeleteMessageBatch') return;
    this.#undeleted -= input.Entries.length;
    if (this.#undeleted === 0) this.#onLast();
  }

  /** Answers a long poll now, or when there are messages again. */
  #receive(most, socket) {
    if (this.#left === 0) return void this.#polls.set(socket, () => this.#receive(most, socket));
    this.#onFirst();
    const count = Math.min(most, this.#left);
    this.#left -= count;
    reply(socket, { Messages: Array.from({ length: count }, () => this.#message()) });
  }

  #message() {
    const id = `00000000-0000-0000-0000-${String((this.#next += 1)).padStart(12, '0')}`;
    const now = String(Date.now());
    const Attributes = {
      SentTimestamp: now,
      ApproximateFirstReceiveTimestamp: now,
      ApproximateReceiveCount: '1',
    };
    return { MessageId: id, ReceiptHandle: `handle-${id}`, Body: BODY, MD5OfBody: BODY_MD5, Attributes };
  }
}

const HEAD_END = '\r\n\r\n';

const reply = (socket, body) => socket.write(answerOf(JSON.stringify(body)), 'latin1');

const answerOf = (body) =>
  [
    'HTTP/1.1 200 OK',
    'Content-Type: application/x-amz-json-1.0',
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const BODY = JSON.stringify({ z: 7, x: 64, y: 42, source: 's3://bucket/key' });
const BODY_MD5 = createHash('md5').update(BODY).digest('hex');
