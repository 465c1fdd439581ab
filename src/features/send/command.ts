import { type CommandDefinition, COMMON_OPTIONS } from '../command/command';

export const SEND: CommandDefinition = {
  usage: 'Send a message, from the argument or standard input, or the lines of a file',
  run: async () => (await import('./send.js')).runSend,
  words: 'MESSAGE',
  options: {
    ...COMMON_OPTIONS,
    queue: { usage: 'Send straight to the queue, not to the topic', type: 'boolean' },
    subject: { usage: 'Subject of the message (a topic has one, a queue has none)', type: 'string' },
    attribute: { usage: 'NAME=TEXT or NAME:Number=NUMBER; may be repeated', type: 'multiple' },
    group: { usage: 'Message group: needed for a FIFO queue', type: 'string' },
    dedup: { usage: 'Deduplication id, for a FIFO queue (default: of the body)', type: 'string' },
    delay: { usage: 'Workers get it only after this time: 90s, 15m, 2h, 7d', type: 'string' },
    file: { usage: 'Send each line of this file that is not blank', type: 'string' },
    envelope: {
      usage: 'Lines of --file are {"body", "subject", "attributes", "group", "dedup"}',
      type: 'boolean',
    },
    'start-line': { usage: 'With --file: the first line to send (default: 1)', type: 'string' },
    wait: {
      usage:
        'Wait for the outcome of the message, and end with 0 (done), 2 (dead letter), 3 (rejected) or 4 (not settled)',
      type: 'boolean',
    },
    timeout: {
      usage: 'With --wait: how long at most; a number alone counts seconds (default: 5m)',
      type: 'string',
    },
  },
  examples: [
    {
      line: `sls watchbot send '{"z":1}'`,
      does: 'a message to the topic, or to the queue if there is none',
    },
    {
      line: `echo '{"z":1}' | sls watchbot send --local`,
      does: 'from standard input, to `sls watchbot local`',
    },
    {
      line: `sls watchbot send '{"z":1}' --wait --timeout 10m`,
      does: 'waits until it is done, and says how it went',
    },
    {
      line: `sls watchbot send hello --attribute kind=test --attribute size:Number=5`,
      does: 'with attributes',
    },
    { line: `sls watchbot send hello --delay 15m`, does: 'is worked on in a quarter of an hour' },
    { line: `sls watchbot send --file messages.jsonl`, does: 'a message a line' },
    {
      line: `sls watchbot send --file messages.jsonl --start-line 45201`,
      does: 'the rest of it, after Ctrl-C',
    },
  ],
  exitCodes: {
    2: '`--wait`: the job failed for the last time; the message is a dead letter',
    3: '`--wait`: the worker rejected the message',
    4: '`--wait`: not settled within `--timeout`, or before `sls watchbot local` ended',
    130: 'Ctrl-C; the rest of a file was not sent',
  },
  notes: [
    '**Files.** All of a file is read and checked before anything is sent; up to 20 mistakes are listed. Then it is sent in batches of ten, up to 16 at once, in constant memory. What AWS cannot take at the moment is sent again, up to 8 times; what it refuses is listed at the end, and more than 100 such lines stop it. Ctrl-C stops after the calls that are under way and says how to go on: every line before `--start-line` was sent. If it was stopped in another way (its process was killed), send the whole file again: a queue that is not FIFO then has some messages twice.',
    '**Envelopes.** Without `--envelope` a line is the body, as it is. With it, a line is an object: `body` (a text is sent as it is, anything else as its JSON), and optionally `subject`, `attributes` (names to texts or numbers), `group` and `dedup`, which override `--subject`, `--attribute` and `--group` of the command line.',
    '**FIFO.** Messages of a group keep their order: one batch of a group is under way at a time, and a message that is refused stops the file. If AWS takes a batch in part, messages that later ones of their group went past are listed. A line of a file has the hash of its number and its body as deduplication id: equal lines are all sent, and lines that are sent again within five minutes are not doubled.',
    '**Size.** A topic takes 256 KiB or its `maxMessageSize`, a queue 1 MiB, attributes included; or what `extensions` set as `MaximumMessageSize`.',
    '**Delay.** Up to 15 minutes SQS waits: such a message goes straight to the queue, since a topic cannot wait, and not to a FIFO queue, whose messages have no delay of their own. If the delay is longer, EventBridge Scheduler sends the message, once, with the role that the stack has for a worker with `events: - schedule`; without such a role the delay is refused, since the Scheduler has no permission to send. The Scheduler knows a body and a group, but no attributes.',
    '**Waiting.** The outcome is read from the log: in AWS that takes some seconds longer than the job.',
  ],
};
