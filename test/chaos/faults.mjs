import { Buffer } from 'node:buffer';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How often each fault is in one deck of answers. In `resetAfter`, SQS has done what it was asked, but its answer is
 * lost.
 */
export const FAULTS = {
  none: 13,
  delay: 2,
  reset: 1,
  resetAfter: 2,
  error500: 1,
  error502: 1,
  error503: 1,
  throttled: 1,
  skewed: 1,
  truncated: 1,
  garbage: 2,
  blank: 1,
  drip: 1,
  partly: 3,
};
/** Faults that come once, after the first deck: for them the client waits until its timeout. */
export const SILENCES = ['silent', 'stalled'];

/**
 * Decides what happens to the first, second … request of an operation. It depends only on the seed, not on other
 * requests. Each deck has every fault, so that none is left to chance.
 */
export function createDeck({ random, faults, once }) {
  const all = Object.entries(faults).flatMap(([fault, count]) => Array(count).fill(fault));
  // Cards are drawn from the end.
  let cards = [...once, ...random.shuffled(all)];
  return {
    draw: () => {
      if (cards.length === 0) cards = random.shuffled(all);
      return cards.pop();
    },
  };
}

const CONTENT = { 'content-type': 'application/x-amz-json-1.0' };

export function answer(response, status, body) {
  response.writeHead(status, CONTENT);
  response.end(body);
}

/** Faults before the request has reached SQS. */
export const BEFORE = {
  reset: ({ request }) => request.socket.resetAndDestroy(),
  silent: () => {},
  error500: refuse(500, 'com.amazonaws.sqs#InternalFailure'),
  // The answer of a load balancer in front of SQS.
  error502: ({ response }) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    response.end(PAGE);
  },
  error503: refuse(503, 'com.amazonaws.sqs#ServiceUnavailable'),
  throttled: refuse(400, 'com.amazonaws.sqs#RequestThrottled'),
  skewed: refuse(403, 'com.amazon.coral.service#RequestTimeTooSkewed'),
};

/** Faults after SQS has done what it was asked. */
export const AFTER = {
  resetAfter: ({ request }) => request.socket.resetAndDestroy(),
  truncated: ({ response }, body) => {
    writePart(response, body, () => response.destroy());
  },
  stalled: ({ response }, body) => {
    writePart(response, body, () => {});
  },
  garbage: ({ response, random }) => answer(response, 200, random.pick(GARBAGE)),
  blank: ({ response }) => answer(response, 200, ''),
  drip: async ({ response }, body) => {
    const bytes = Buffer.from(body);
    const size = Math.ceil(bytes.length / DRIPS);
    response.writeHead(200, { ...CONTENT, 'content-length': bytes.length });
    for (let from = 0; from < bytes.length; from += size) {
      response.write(bytes.subarray(from, from + size));
      await sleep(DRIP_MS);
    }
    response.end();
  },
};

const PAGE = '<html><body>Bad Gateway</body></html>';
/** Bodies sent with status 200: what a portal or a broken cache answers, and JSON of another shape. */
const GARBAGE = [
  PAGE,
  '{"Messages":',
  'null',
  '[]',
  '"done"',
  '\0\u{fffd}',
  '{"Messages":null,"Failed":null}',
];
/** A dripping answer takes 2 s, in steady pieces. */
const DRIPS = 40;
const DRIP_MS = 50;

function refuse(status, type) {
  return ({ response }) =>
    answer(response, status, JSON.stringify({ __type: type, message: 'from the proxy' }));
}

function writePart(response, body, then) {
  response.writeHead(200, { ...CONTENT, 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, Math.floor(body.length / 2)), then);
}
