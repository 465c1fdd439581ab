// What the emulator, fauxqs, does otherwise than SQS and SNS, put right where it is bundled. Each place must be as it was when this
// was written: the build fails if a new version has changed it, and maybe mended it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const SYSTEM_ATTRIBUTES = (from) => `
    msg.systemAttributes = ${from}.MessageSystemAttributes ?? {};
    msg.md5OfSystemAttributes = md5OfMessageAttributes(msg.systemAttributes);`;

/** Beside the sum of the other attributes, as SQS answers. */
const ANSWERED = [
  '...(msg.md5OfMessageAttributes ? { MD5OfMessageAttributes: msg.md5OfMessageAttributes } : {}),',
  '...(msg.md5OfSystemAttributes ? { MD5OfMessageSystemAttributes: msg.md5OfSystemAttributes } : {}),',
].join('\n        ');

/** By module: pairs of a text that it has, as often as it has it, and the one in its place. */
const CORRECTIONS = {
  // Characters beyond the first plane, such as emoji, are pairs of surrogates; only half of one is refused by SQS.
  'sqs/sqsTypes.js': [['\\uE000-\\uFFFD]/;', '\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]/u;']],
  // Standard queues have groups too, since July 2025, and every message may have the header of a trace.
  'sqs/actions/sendMessage.js': [
    [
      'delaySeconds > 0 ? delaySeconds : undefined);\n',
      `delaySeconds > 0 ? delaySeconds : undefined, body.MessageGroupId);${SYSTEM_ATTRIBUTES('body')}\n`,
    ],
    ['msg.sequenceNumber = queue', `${SYSTEM_ATTRIBUTES('body').trim()}\n    msg.sequenceNumber = queue`],
    [ANSWERED.split('\n', 1)[0], ANSWERED],
  ],
  'sqs/actions/sendMessageBatch.js': [
    [
      'delaySeconds > 0 ? delaySeconds : undefined);\n',
      `delaySeconds > 0 ? delaySeconds : undefined, entry.MessageGroupId);${SYSTEM_ATTRIBUTES('entry')}\n`,
    ],
    [
      'msg.sequenceNumber = queue',
      `${SYSTEM_ATTRIBUTES('entry').trim()}\n            msg.sequenceNumber = queue`,
    ],
    [
      'if (msg.md5OfMessageAttributes) {',
      'if (msg.md5OfSystemAttributes) result.MD5OfMessageSystemAttributes = msg.md5OfSystemAttributes;\n            if (msg.md5OfMessageAttributes) {',
    ],
  ],
  // A standard topic hands a group on to the standard queues behind it.
  'sns/actions/publish.js': [
    ['\n    let messageGroupId;', '\n    let messageGroupId = params.MessageGroupId;'],
    ['\n        let messageGroupId;', '\n        let messageGroupId = entry.messageGroupId;'],
  ],
  'sqs/actions/receiveMessage.js': [
    [
      'if (wants(systemAttributeNames, wantsAll, "MessageGroupId")) {',
      `const trace = entry.message.systemAttributes?.AWSTraceHeader?.StringValue;
        if (trace !== undefined && wants(systemAttributeNames, wantsAll, "AWSTraceHeader")) attrs.AWSTraceHeader = trace;
        if (wants(systemAttributeNames, wantsAll, "MessageGroupId")) {`,
    ],
  ],
};

/** For esbuild. */
export const correctEmulator = {
  name: 'correct-emulator',
  setup: (build) => {
    const done = new Set();
    build.onLoad({ filter: /[\\/]fauxqs[\\/]dist[\\/]s[qn]s[\\/].*\.js$/ }, async ({ path: file }) => {
      const name = file.split(path.sep).join('/').split('/fauxqs/dist/')[1];
      const corrections = CORRECTIONS[name];
      if (corrections === undefined) return undefined;
      done.add(name);
      let contents = await readFile(file, 'utf8');
      for (const [before, after] of corrections) {
        if (!contents.includes(before)) {
          return {
            errors: [
              { text: `${name} has no longer: ${before}`, detail: 'see tools/emulator-corrections.mjs' },
            ],
          };
        }
        contents = contents.replaceAll(before, () => after);
      }
      return { contents, loader: 'js' };
    });
    build.onEnd((result) => {
      const missing = Object.keys(CORRECTIONS).filter((name) => !done.has(name));
      if (missing.length > 0)
        result.errors.push({ text: `the emulator has no longer: ${missing.join(', ')}` });
    });
  },
};
