import { Buffer } from 'node:buffer';
import { Agent, createServer, request as ask } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { own } from './owned.mjs';

/** How a request fares, by weight. `after`: SQS has done what it was asked, and its answer is lost. */
export const FAULTS = {
  none: 60,
  delay: 10,
  reset: 5,
  resetAfter: 5,
  error500: 4,
  error503: 4,
  throttled: 5,
  truncated: 4,
  partly: 8,
};

const ERRORS = {
  error500: { status: 500, type: 'InternalFailure' },
  error503: { status: 503, type: 'ServiceUnavailable' },
  throttled: { status: 400, type: 'RequestThrottled' },
};

/** AWS takes no signature whose time is further from its own. */
const MOST_SKEW_MS = 15 * 60_000;

/** A proxy on loopback before SQS, through which things go wrong. */
export async function startProxy({ target, random, faults = FAULTS }) {
  const state = {
    ...{ target: new URL(target), random, faults, isOut: false, agent: new Agent({ keepAlive: true }) },
    /** When each request came, in ms. */
    requestsMs: [],
    /** How many had which fault. */
    counts: {},
    /** Messages one of whose deletions or holds went wrong: such a message may come again. */
    disturbed: new Set(),
    /** Receipt handle → id of its message. */
    ids: new Map(),
  };
  const server = createServer((request, response) => {
    handle(state, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = own(async () => {
    server.closeAllConnections();
    state.agent.destroy();
    server.close();
    await once(server, 'close');
  });
  return Object.assign(state, {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    beginOutage: () => {
      state.isOut = true;
      server.closeAllConnections();
    },
    endOutage: () => (state.isOut = false),
    end,
  });
}

async function handle(state, request, response) {
  state.requestsMs.push(performance.now());
  const body = await text(request);
  if (isSkewed(request)) return refuseSignature(state, response, body);
  const fault = state.isOut ? state.random.weighted({ reset: 1, error503: 1 }) : chooseFault(state, body);
  state.counts[fault] = (state.counts[fault] ?? 0) + 1;
  if (fault !== 'none' && fault !== 'delay' && fault !== 'partly') disturb(state, entriesOf(body));
  if (fault === 'reset') return request.socket.resetAndDestroy();
  if (fault in ERRORS) return answer(response, ERRORS[fault].status, errorBody(ERRORS[fault].type));
  if (fault === 'delay') await sleep(state.random.between(50, 2_000));
  const refused = fault === 'partly' ? chooseRefused(state, body) : [];
  const { status, text: answered } = await pass(state, request, without(body, refused));
  remember(state, answered);
  // Whoever waits for it while SQS goes away does not get it.
  if (fault === 'resetAfter' || state.isOut) {
    disturb(state, entriesOf(body));
    return request.socket.resetAndDestroy();
  }
  if (fault === 'truncated') return truncate(response, answered);
  return answer(response, status, withFailed(answered, refused));
}

/** The time that the client signed is written `20260102T030405Z`. */
function isSkewed({ headers }) {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date']) ?? [];
  return Math.abs(Date.UTC(year, month - 1, day, hour, minute, second) - Date.now()) > MOST_SKEW_MS;
}

function refuseSignature(state, response, body) {
  state.counts.skewed = (state.counts.skewed ?? 0) + 1;
  disturb(state, entriesOf(body));
  const message = 'Signature expired, or not yet current';
  answer(
    response,
    403,
    JSON.stringify({ __type: 'com.amazon.coral.service#InvalidSignatureException', message }),
  );
}

/** Only a batch can fail in part. */
function chooseFault({ random, faults }, body) {
  const fault = random.weighted(faults);
  return fault === 'partly' && entriesOf(body).length === 0 ? 'none' : fault;
}

const entriesOf = (body) => JSON.parse(body).Entries ?? [];

function disturb({ disturbed, ids }, entries) {
  for (const { ReceiptHandle } of entries) disturbed.add(ids.get(ReceiptHandle));
}

function chooseRefused(state, body) {
  const refused = entriesOf(body).filter(() => state.random.next() < 0.5);
  disturb(state, refused);
  return refused;
}

function without(body, refused) {
  if (refused.length === 0) return body;
  const Ids = refused.map(({ Id }) => Id);
  const value = JSON.parse(body);
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

function remember({ ids }, answered) {
  for (const { ReceiptHandle, MessageId } of JSON.parse(answered).Messages ?? [])
    ids.set(ReceiptHandle, MessageId);
}

async function pass({ target, agent }, { method, url, headers }, body) {
  // A batch of which nothing is left has no answer of SQS's own.
  if (JSON.parse(body).Entries?.length === 0) return { status: 200, text: '{}' };
  const length = { 'content-length': Buffer.byteLength(body) };
  const { hostname, port } = target;
  const sent = ask({ agent, hostname, port, method, path: url, headers: { ...headers, ...length } });
  sent.end(body);
  const [answered] = await once(sent, 'response');
  return { status: answered.statusCode, text: await text(answered) };
}

const CONTENT = { 'content-type': 'application/x-amz-json-1.0' };

function answer(response, status, body) {
  response.writeHead(status, CONTENT);
  response.end(body);
}

function truncate(response, body) {
  response.writeHead(200, { ...CONTENT, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, Math.floor(body.length / 2)), () => response.destroy());
}

function errorBody(type) {
  return JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: 'from the proxy' });
}
