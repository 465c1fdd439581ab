// SQS as far as the watcher needs it, and as cheap as can be: it must not be what is measured.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Gives out as many messages as it is told, and says when all have been deleted. */
export class FakeSqs {
  calls = { ReceiveMessage: 0, DeleteMessageBatch: 0, ChangeMessageVisibilityBatch: 0 };
  #server = createServer((request, response) => void this.#answer(request, response));
  #left = 0;
  #undeleted = 0;
  #next = 0;
  #polls = [];
  #onFirst = () => undefined;
  #onLast = () => undefined;

  /** Resolves to the milliseconds from the first receive to the last deletion. */
  async drain(count) {
    this.#left = this.#undeleted = count;
    const first = new Promise((resolve) => (this.#onFirst = resolve));
    const last = new Promise((resolve) => (this.#onLast = resolve));
    this.#polls.splice(0).forEach((poll) => poll());
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
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request, response) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const name = request.headers['x-amz-target'].split('.').pop();
    this.calls[name] += 1;
    const reply = (body) => {
      response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    };
    const input = JSON.parse(text);
    if (name === 'ReceiveMessage') return this.#receive(input.MaxNumberOfMessages, reply);
    reply({ Successful: input.Entries.map(({ Id }) => ({ Id })), Failed: [] });
    if (name !== 'DeleteMessageBatch') return;
    this.#undeleted -= input.Entries.length;
    if (this.#undeleted === 0) this.#onLast();
  }

  /** A long poll: it waits for the next backlog. */
  #receive(most, reply) {
    if (this.#left === 0) return void this.#polls.push(() => this.#receive(most, reply));
    this.#onFirst();
    const count = Math.min(most, this.#left);
    this.#left -= count;
    reply({ Messages: Array.from({ length: count }, () => this.#message()) });
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

const BODY = JSON.stringify({ z: 7, x: 64, y: 42, source: 's3://bucket/key' });
const BODY_MD5 = createHash('md5').update(BODY).digest('hex');
