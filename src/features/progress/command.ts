import { parseArgs } from 'node:util';
import { ExitCode } from '../../contract/outcomes';
import { FIRST_PART_VARIABLE, readFirstPart, type FirstPart } from './counted-from';
import { ProgressError } from './errors';
import type { Jobs } from './jobs';
import type { Value } from './store';

/** What a call of `watchbot-progress` asks for. */
type Command = { id: string; isJson: boolean; partsFrom: FirstPart | undefined } & (
  | { name: 'set-total'; total: number; isSharded: boolean }
  | { name: 'complete-part'; part: number; leaseSeconds: number | undefined; failedCode: number }
  | { name: 'status'; part: number | undefined; failedCode: number }
  | { name: 'set-metadata'; metadata: Value }
  | { name: 'fail-job'; reason: string }
  | { name: 'reduce-sent' }
);

type CommandLine = Command | { name: 'help' } | { name: 'version' };

/** First come Watchbot's own letters and words. */
const OPTIONS = {
  total: { type: 'string', short: 't' },
  part: { type: 'string', short: 'p' },
  metadata: { type: 'string', short: 'm' },
  reason: { type: 'string', short: 'r' },
  json: { type: 'boolean' },
  sharded: { type: 'boolean' },
  lease: { type: 'string' },
  'if-failed': { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export const HELP = `Tracks the progress of a job in parts: map, then reduce.

USAGE: watchbot-progress <command> <job-id> [options]

The environment variable ProgressTable is the ARN of the DynamoDB table; a worker with \`reduce: true\` has it.

COMMANDS:
  set-total      -t N       the job has N parts, which are numbered from 1; to be called before they are sent
  complete-part  -p N       the part is done; prints \`true\` if the reduce message is to be sent now, else \`false\`
  reduce-sent               the reduce message was sent
  status         [-p N]     prints how far the job is as JSON, and whether the part is done
  set-metadata   -m JSON    keeps something with the job, which \`status\` shows
  fail-job       -r TEXT    the job has failed, and why: no reduce message is to be sent

OPTIONS:
  --from 0                  (complete-part, status) parts are numbered from 0; ${FIRST_PART_VARIABLE}=0 says it for all calls
  --if-failed reject|noop   (complete-part, status) exit code ${ExitCode.rejected} or ${ExitCode.noop} if the job has failed
  --lease SECONDS           (complete-part) how long nobody else gets the answer \`true\`; 300
  --sharded                 (set-total) less work for each of many parts; always used above 100,000
  --json                    prints the outcome, or the error, as JSON
`;

type Values = ReturnType<typeof parse>['values'];

/** @throws {ProgressError} `ARGUMENTS` */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const [name = '', id = '', ...rest] = positionals;
  const read = READERS[name];
  if (read === undefined) {
    throw mistake(
      name === '' ? 'no command' : `no command ${name}`,
      `one of ${Object.keys(READERS).join(', ')}`,
    );
  }
  if (id === '') throw mistake('no job id', `watchbot-progress ${name} JOB`);
  if (rest.length > 0) throw mistake(`${rest.join(' ')} after the job id`, 'quotes around what has spaces');
  return { id, isJson: values.json ?? false, partsFrom: firstPartIn(values), ...read(values) } as Command;
}

const firstPartIn = ({ from }: Values): FirstPart | undefined =>
  from === undefined ? undefined : readFirstPart(from, '--from');

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new ProgressError('ARGUMENTS', (error as Error).message, error);
  }
}

const READERS: Readonly<Record<string, (values: Values) => object>> = {
  status: (values) => ({
    name: 'status',
    part: values.part === undefined ? undefined : numberIn(values, 'part'),
    failedCode: failedCode(values),
  }),
  'set-total': (values) => ({
    name: 'set-total',
    total: numberIn(values, 'total'),
    isSharded: values.sharded ?? false,
  }),
  'set-metadata': (values) => ({ name: 'set-metadata', metadata: metadataIn(values) }),
  'complete-part': (values) => ({
    name: 'complete-part',
    part: numberIn(values, 'part'),
    leaseSeconds: values.lease === undefined ? undefined : leaseIn(values),
    failedCode: failedCode(values),
  }),
  'fail-job': (values) => ({ name: 'fail-job', reason: textIn(values, 'reason') }),
  'reduce-sent': () => ({ name: 'reduce-sent' }),
};

function textIn(values: Values, name: 'total' | 'part' | 'reason' | 'metadata' | 'lease'): string {
  const value = values[name];
  if (value === undefined || value === '') throw mistake(`no --${name}`, `--${name} with a value`);
  return value;
}

/** Whether the number fits the job is checked by the job. */
function numberIn(values: Values, name: 'total' | 'part' | 'lease'): number {
  const text = textIn(values, name);
  if (!/^-?\d{1,15}$/.test(text)) throw mistake(`--${name} ${text}`, 'a whole number');
  return Number(text);
}

/** SQS keeps a message in flight for twelve hours at most, so a worker has no longer. */
const LONGEST_LEASE_SECONDS = 43_200;

function leaseIn(values: Values): number {
  const seconds = numberIn(values, 'lease');
  if (seconds >= 1 && seconds <= LONGEST_LEASE_SECONDS) return seconds;
  throw mistake(`--lease ${seconds}`, `1 to ${LONGEST_LEASE_SECONDS} seconds`);
}

function metadataIn(values: Values): Value {
  const text = textIn(values, 'metadata');
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw mistake(`--metadata ${text}`, `JSON (${(error as Error).message})`);
  }
}

const FAILED_CODES: Readonly<Record<string, number>> = {
  reject: ExitCode.rejected,
  noop: ExitCode.noop,
};

function failedCode({ 'if-failed': given }: Values): number {
  if (given === undefined) return ExitCode.success;
  const code = FAILED_CODES[given];
  if (code === undefined)
    throw mistake(`--if-failed ${given}`, `one of ${Object.keys(FAILED_CODES).join(', ')}`);
  return code;
}

const mistake = (given: string, allowed: string) =>
  new ProgressError('ARGUMENTS', `given: ${given}; allowed: ${allowed}`);

/** What a call prints, and its exit code. */
interface Outcome {
  /** Undefined if Watchbot's helper prints nothing either. */
  printed?: unknown;
  /** With `--json`. */
  json: object;
  code: number;
}

const DONE = ExitCode.success;

/** @param setBy the message whose worker calls */
export async function runCommand(command: Command, jobs: Jobs, setBy: string | undefined): Promise<Outcome> {
  const { id } = command;
  switch (command.name) {
    case 'set-total': {
      const { total, isSharded } = command;
      const plan = await jobs.setTotal(id, total, { setBy, isSharded });
      return { json: { job: id, total, isKept: plan === 'keep' }, code: DONE };
    }
    case 'complete-part':
      return completePart(command, jobs);
    case 'status': {
      const status = await jobs.status(id, command.part);
      const code = status.failed === undefined ? DONE : command.failedCode;
      return { printed: status, json: status, code };
    }
    case 'set-metadata':
      await jobs.setMetadata(id, command.metadata);
      return { json: { job: id }, code: DONE };
    case 'fail-job':
      await jobs.failJob(id, command.reason);
      return { json: { job: id, failed: command.reason }, code: DONE };
    case 'reduce-sent':
      await jobs.reduceSent(id);
      return { json: { job: id, reduceSent: true }, code: DONE };
  }
}

async function completePart(
  { id, part, leaseSeconds, failedCode }: Extract<Command, { name: 'complete-part' }>,
  jobs: Jobs,
): Promise<Outcome> {
  const completion = await jobs.completePart(id, part, { leaseSeconds });
  const { outcome, isComplete: complete } = completion;
  const more =
    completion.outcome === 'reduce'
      ? { leaseUntil: new Date(completion.leaseUntilMs).toISOString() }
      : completion.outcome === 'failed'
        ? { failed: completion.reason }
        : {};
  return {
    printed: complete,
    json: { job: id, part, complete, outcome, ...more },
    code: outcome === 'failed' ? failedCode : DONE,
  };
}
