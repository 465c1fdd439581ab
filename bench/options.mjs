import { parseArgs } from 'node:util';

const USAGE = `usage: npm run bench [-- [NAME …] [OPTION …]]
  --runs N            runs of each way, in turn
  --json FILE         writes the figures
of throughput, handler, fifo and idle:
  --latency MS,…      how long SQS takes to answer (0,15)
  --concurrency N,…   slots of the watcher (throughput: 1,2,4,8,16,50)
  --command MS,…      throughput: how long a command takes (0,5,100); if this or --concurrency is given, the memory of a
                      long run is not measured
  --batch N,…         handler: messages of an invocation (1,10)
  --groups N,…        fifo: groups of messages (1,10,100)
  --seconds S         about how long a run takes (1)
  --warm-up N         messages before the first run (12000)
  --layer DIR         the watcher of another build, instead of this one's
  --against DIR       the watcher of another build beside it, in the same run`;

const LISTS = ['latency', 'concurrency', 'command', 'batch', 'groups'];
const NUMBERS = ['runs', 'seconds', 'warm-up'];
const TEXTS = ['json', 'layer', 'against'];

/** Ends the process if the words are none of the usage. */
export function parseOptions(words, known) {
  try {
    return parse(words, known);
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(1);
  }
}

function parse(args, known) {
  const { values, positionals: names } = parseArgs({
    args,
    allowPositionals: true,
    options: Object.fromEntries([...LISTS, ...NUMBERS, ...TEXTS].map((name) => [name, { type: 'string' }])),
  });
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no bench ${unknown.join(', ')}: there are ${known.join(', ')}`);
  const { runs, json, 'warm-up': warmUp, ...others } = values;
  const options = Object.entries({ ...others, warmUp }).filter(([, value]) => value !== undefined);
  return {
    names,
    json,
    runs: runs === undefined ? undefined : numberOf('runs', runs),
    options: Object.fromEntries(options.map(([name, value]) => [name, valueOf(name, value)])),
  };
}

function valueOf(name, value) {
  if (TEXTS.includes(name)) return value;
  return LISTS.includes(name) ? value.split(',').map((each) => numberOf(name, each)) : numberOf(name, value);
}

function numberOf(name, text) {
  const number = Number(text);
  if (text.trim() === '' || !(number >= 0)) throw new Error(`--${name} ${text}: not a number from 0 on`);
  return number;
}
