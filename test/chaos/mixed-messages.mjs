import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { markOf } from './emulator.mjs';
import { createRandom } from './random.mjs';

/** How often each kind of job is drawn. mixed.sh says what each does. */
const WEIGHTS = {
  ...{ plain: 20 },
  ...{ group: 3, setsid: 4, timeout: 4, forks: 4, deaf: 4, bare: 4, many: 2, holds: 1 },
  ...{ away: 2, session: 2, ignores: 2, quits: 2 },
  ...{ fails: 4, killed: 3, noop: 3, rejects: 3 },
  ...{ grows: 5, hoards: 3 },
  ...{ deep: 5, deeper: 1, sns: 2, pair: 4, emoji: 4, big: 1, returns: 4, bytes: 4 },
};

/**
 * Number of jobs of each kind that never succeeds. They are sent first, since they take a while to become dead letters.
 */
const HOPELESS = { hopeless: 4, overtime: 3 };

const RANDOM_BYTES = 20_000;

const nested = (depth, inside) => '['.repeat(depth) + inside + ']'.repeat(depth);

/** The body that is sent, by kind. `seen` is what the worker should get if it differs. */
const BODIES = {
  deep: (key) => ({ body: `{"${key}":${nested(5_000, '1')}}` }),
  deeper: (key) => ({ body: `{"${key}":${nested(100_000, '1')}}` }),
  sns: (key) => ({ body: envelope(key), seen: nested(200, '"in the envelope"') }),
  pair: (key) => ({
    body: JSON.stringify({ Subject: `subject ${key}`, Message: '{"a": 1}' }),
    seen: '{"a": 1}',
  }),
  emoji: () => ({ body: '👩‍🚒 ärgert \u{1f9ff}\u{10fffd} \u2028 "$(echo no)" `echo no` %s \\n' }),
  big: (key) => ({ body: `${key} ${'0123456789 '.repeat(20_000)}` }),
};

/** An envelope of SNS that also has unknown fields, one of them nested too deeply for a recursive function. */
function envelope(key) {
  const parts = {
    Type: 'Notification',
    MessageId: `11111111-2222-3333-4444-${key.padStart(12, '0')}`,
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    Subject: `subject ${key}`,
    Message: nested(200, '"in the envelope"'),
    Foreign: [{}],
    MessageAttributes: { mark: { Type: 'String', Value: markOf('sns', key), Foreign: 'FOREIGN' } },
  };
  return JSON.stringify(parts).replace('"FOREIGN"', nested(100_000, ''));
}

/**
 * Draws messages of all kinds.
 * @param folder for the bodies that workers should get
 * @returns a function that draws the given number of messages
 */
export function createMixedMessages({ seed, folder }) {
  // A separate random stream: how much is drawn for watchers depends on their speed.
  const random = createRandom(seed);
  writeBytes(path.join(folder, 'bytes'), random);
  const waiting = Object.entries(HOPELESS).flatMap(([kind, count]) => Array(count).fill(kind));
  let count = 0;
  const make = () => {
    const key = String((count += 1));
    const kind = waiting.pop() ?? random.weighted(WEIGHTS);
    const { body, seen = body } = BODIES[kind]?.(key) ?? { body: `${kind} ${key}` };
    if (kind in BODIES) writeFileSync(path.join(folder, key), seen);
    return { kind, key, body };
  };
  return (most) => Array.from({ length: most }, make);
}

/** Makes `count` messages of the given kinds in turn. */
export function messagesOf({ sent }, count, kinds) {
  return Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length];
    const key = String(sent.size + index + 1);
    return { kind, key, body: `${kind} ${key}` };
  });
}

export const isHopeless = ({ kind }) => kind in HOPELESS;

/** Writes random bytes without a line feed. */
function writeBytes(file, random) {
  const bytes = Uint8Array.from({ length: RANDOM_BYTES }, () => random.whole(0, 255));
  writeFileSync(
    file,
    bytes.map((byte) => (byte === 10 ? 13 : byte)),
  );
}
