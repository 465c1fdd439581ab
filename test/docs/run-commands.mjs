// Runs commands of the built plugin one after the other against a running `sls watchbot local`, without the second that
// the framework takes to start. Input and output are JSON.
import { SendMessageCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
const { parseConfiguration } = require('../../dist/config/parse.js');
const { definitionOf } = require('../../dist/features/commands.js');
const { createTarget } = require('../../dist/features/stack/target.js');
const { systemClock } = require('../../dist/shared/clock.js');
const { localClients } = require('../../dist/plugin/clients.js');

const { folder, endpoint, section, context, messageId, calls } = JSON.parse(await text(process.stdin));
const whole = parseConfiguration(section, context);
const clients = localClients({ getRegion: () => context.region }, endpoint);

/** Puts a message into the dead-letter queue. @returns its id */
async function addDeadLetter(queue) {
  const sqs = await clients.sqs();
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: `${context.stackName}-${queue}DeadLetterQueue` }),
  );
  const attributes = { kind: { DataType: 'String', StringValue: 'tile' } };
  const input = { QueueUrl, MessageBody: '{"z":1} timeout', MessageAttributes: attributes };
  return (await sqs.send(new SendMessageCommand(input))).MessageId;
}

/** The worker for a command: the one with a FIFO queue if an option is for such a queue. */
const workerFor = ({ options }) =>
  options.group !== undefined || options.dedup !== undefined ? 'orders' : 'tiles';

/** How long a command runs that would go on until Ctrl-C. */
const GOES_ON_MS = 400;

let lastSent = messageId;

async function run({ name, words, options }) {
  const worker = workerFor({ options });
  const deadLetterId = name.startsWith('dead-letter') ? await addDeadLetter('Tiles') : undefined;
  const id = deadLetterId ?? lastSent;
  const named = (value) => (value === messageId ? id : value);
  const written = [];
  const write = (line) => void written.push(line);
  // A command that goes on until Ctrl-C is interrupted after a while, whatever it has printed.
  const goesOn = options.watch || options.tail;
  const signal = goesOn ? AbortSignal.timeout(GOES_ON_MS) : new AbortController().signal;
  // A command that redraws its output needs a terminal.
  const output = Object.assign(new PassThrough(), { isTTY: options.watch === true, columns: 120, rows: 40 });
  output.on('data', (data) => write(String(data)));
  const voice = {
    writeText: write,
    log: { notice: write, warning: write, error: write, info: () => undefined },
    progress: { get: () => ({ notice: () => undefined, remove: () => undefined }) },
  };
  const input = new PassThrough();
  input.end('{"z":1}');
  const code = await (
    await definitionOf(name).run()
  )({
    words: words.map(named),
    options: {
      ...Object.fromEntries(Object.entries(options).map(([option, value]) => [option, named(value)])),
      worker,
      local: true,
    },
    configuration: { ...whole, workers: whole.workers.filter((each) => each.name === worker) },
    serviceFolder: folder,
    target: createTarget({ isLocal: true, region: context.region, text: endpoint, clients }),
    terminal: { input, output, error: new PassThrough(), environment: { NO_COLOR: '1' } },
    voice,
    clock: systemClock,
    random: Math.random,
    signal,
  });
  const all = written.join('\n');
  lastSent = name === 'send' ? (/[0-9a-f]{8}-[0-9a-f-]{27}/.exec(all)?.[0] ?? lastSent) : lastSent;
  return { code: code ?? 0, output: all };
}

const results = [];
for (const call of calls) {
  results.push(await run(call).catch((error) => ({ code: 1, output: error.stack ?? String(error) })));
}
process.stdout.write(JSON.stringify(results), () => process.exit(0));
