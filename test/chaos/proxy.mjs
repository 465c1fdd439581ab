import { Buffer } from 'node:buffer';
import { Agent, createServer, request as ask } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { AFTER, answer, BEFORE, createDeck } from './faults.mjs';
import { own } from './owned.mjs';
import { createRandom, seedFor } from './random.mjs';

/** AWS refuses a signature whose time differs more than this from its own. */
const MOST_SKEW_MS = 15 * 60_000;

/** Operations that watchers call, except for sending messages anew, which does not happen here. */
export const OPERATIONS = ['ReceiveMessage', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch'];

/**
 * A proxy on loopback in front of SQS that makes requests fail.
 * @param faults how often each fault is in a deck: see faults.mjs
 * @param onceOf operation → faults that come once
 */
export async function startProxy({ target, seed, faults, onceOf = {} }) {
  const state = {
    ...{ target: new URL(target), agent: new Agent({ keepAlive: true }), isOut: false, isHealed: false },
    /** Operation → its random stream and its deck of faults. */
    of: Object.fromEntries(
      OPERATIONS.map((operation) => {
        const random = createRandom(seedFor(operation, seed));
        return [operation, { random, deck: createDeck({ random, faults, once: onceOf[operation] ?? [] }) }];
      }),
    ),
    /** Time of each request in ms, and the port that it came to. */
    requests: [],
    /** Operation → fault → number of requests that met it. */
    met: Object.fromEntries(OPERATIONS.map((operation) => [operation, {}])),
    /** Number of signatures with a wrong time. */
    skewed: 0,
    /** Ids of messages whose deletion or visibility change went wrong: such a message may come again. */
    disturbed: new Set(),
    /** Receipt handle → id of its message. */
    ids: new Map(),
  };
  const servers = [];
  return Object.assign(state, {
    /** @returns a new endpoint, so that the port tells the requests of one watcher from those of others */
    listen: async () => {
      const server = await listen(state);
      servers.push(server);
      return `http://127.0.0.1:${server.address().port}`;
    },
    heal: () => (state.isHealed = true),
    beginOutage: () => {
      state.isOut = true;
      servers.forEach((server) => server.closeAllConnections());
    },
    endOutage: () => (state.isOut = false),
    /** Faults that an operation has not yet met. */
    unmet: () =>
      OPERATIONS.flatMap((operation) =>
        Object.keys(faults)
          .concat(onceOf[operation] ?? [])
          .filter((fault) => !(fault in state.met[operation]) && !isNever(fault, operation))
          .map((fault) => `${fault} of ${operation}`),
      ),
  });
}

/** Only a batch can fail in part. */
const isNever = (fault, operation) => fault === 'partly' && operation === 'ReceiveMessage';

async function listen(state) {
  const server = createServer((request, response) => {
    handle(state, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  own(async () => {
    server.closeAllConnections();
    state.agent.destroy();
    server.close();
    await once(server, 'close');
  });
  return server;
}

async function handle(state, request, response) {
  state.requests.push({ ms: performance.now(), port: request.socket.localPort });
  const body = await text(request);
  const { entries = [], operation } = {
    entries: JSON.parse(body).Entries,
    operation: request.headers['x-amz-target'].split('.')[1],
  };
  if (isSkewed(request)) {
    state.skewed += 1;
    disturb(state, entries);
    return BEFORE.skewed({ response });
  }
  const { random } = state.of[operation];
  const fault = chooseFault(state, operation);
  const exchange = { request, response, random };
  if (fault in BEFORE || fault in AFTER) disturb(state, entries);
  if (fault in BEFORE) return BEFORE[fault](exchange);
  if (fault === 'delay') await sleep(random.between(50, 2_000));
  const refused = fault === 'partly' ? entries.filter(() => random.next() < 0.5) : [];
  disturb(state, refused);
  const { status, text: answered } = await pass(state, request, without(body, refused));
  const received = remember(state, answered);
  // A request that is waiting when the outage begins gets no answer.
  if (state.isOut) {
    disturb(state, entries);
    return BEFORE.reset(exchange);
  }
  // The longer the answer takes, the less of the visibility timeout is left.
  if (fault === 'drip') disturb(state, received);
  if (fault in AFTER) return AFTER[fault](exchange, answered);
  return answer(response, status, withFailed(answered, refused));
}

function chooseFault({ isOut, isHealed, of, met }, operation) {
  const { random, deck } = of[operation];
  if (isOut) return random.weighted({ reset: 1, error503: 1 });
  if (isHealed) return 'none';
  const drawn = deck.draw();
  const fault = isNever(drawn, operation) ? 'none' : drawn;
  met[operation][fault] = (met[operation][fault] ?? 0) + 1;
  return fault;
}

/** Whether the signed time, such as `20260102T030405Z`, is too far from the time of the proxy. */
function isSkewed({ headers }) {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date']) ?? [];
  return Math.abs(Date.UTC(year, month - 1, day, hour, minute, second) - Date.now()) > MOST_SKEW_MS;
}

function disturb({ disturbed, ids }, entries) {
  for (const { ReceiptHandle } of entries) disturbed.add(ids.get(ReceiptHandle));
}

function without(body, refused) {
  if (refused.length === 0) return body;
  const value = JSON.parse(body);
  const Ids = refused.map(({ Id }) => Id);
  return JSON.stringify({ ...value, Entries: value.Entries.filter(({ Id }) => !Ids.includes(Id)) });
}

function withFailed(answered, refused) {
  if (refused.length === 0) return answered;
  const failed = refused.map(({ Id }) => ({
    Id,
    SenderFault: false,
    Code: 'InternalError',
    Message: 'try again',
  }));
  const { Successful = [], Failed = [] } = JSON.parse(answered);
  return JSON.stringify({ Successful, Failed: [...Failed, ...failed] });
}

/** @returns the messages that were received */
function remember({ ids }, answered) {
  const { Messages = [] } = JSON.parse(answered);
  for (const { ReceiptHandle, MessageId } of Messages) ids.set(ReceiptHandle, MessageId);
  return Messages;
}

async function pass({ target, agent }, { method, url, headers }, body) {
  // SQS would refuse a batch without entries.
  if (JSON.parse(body).Entries?.length === 0) return { status: 200, text: '{}' };
  const length = { 'content-length': Buffer.byteLength(body) };
  const { hostname, port } = target;
  const sent = ask({ agent, hostname, port, method, path: url, headers: { ...headers, ...length } });
  sent.end(body);
  const [answered] = await once(sent, 'response');
  return { status: answered.statusCode, text: await text(answered) };
}
