import type { TextOrIntrinsic } from '../config/configuration';
import { isMap } from '../shared/json';
import { logGroupBesideFunction, logicalId, prefixOf } from '../config/logical-ids';
import { SINGLE_WORKER_NAME } from '../config/names';
import { isOff, isSwitchedOff } from '../config/enabled';
import { parseWorker } from '../config/parse';
import { didYouMean } from '../config/suggest';
import { UserError } from '../errors/user-error';
import { ref } from '../resources/cloudformation';
import { REFERENCE_NAMES, referenceTo, type ReferenceName } from '../resources/references';
import type { ReferredWorker } from '../resources/subject';
import { valueHere, type FunctionsHere } from './functions-here';

/** Reads one property of serverless.yml, with the variables in it resolved. */
type ReadProperty = (path: string[]) => Promise<unknown>;

const SECTION = 'watchbot';

/** What a service has as it was typed. */
interface Typed {
  section: unknown;
  functions: unknown;
}

/**
 * @param address `WORKER.NAME`; the only worker's name may be left out
 * @param here given if functions run on this machine
 * @returns null if the worker is not made in this stage: then the framework takes what follows the comma, as in
 * `${watchbot:queueUrl, null}`
 * @throws {UserError} `WATCHBOT_VARIABLE` if there is no such worker, or if it does not have what is asked for
 */
export async function resolveVariable(
  address: string,
  { section, functions }: Typed,
  read: ReadProperty,
  here?: FunctionsHere,
): Promise<TextOrIntrinsic | null> {
  const named = await findNamed(address, section, read);
  if (named === null) return null;
  const { worker, name, path } = named;
  const value = referenceTo(await targetOf(worker, (...keys) => read([...path, ...keys])), name);
  if (value === undefined) throw lacking(address, worker, name);
  if (here !== undefined) return valueHere(here, worker, name);
  return name === 'logGroup' && hasLoggingFunction(functions, worker)
    ? ref(logGroupBesideFunction(logicalId(worker, 'logGroup')))
    : value;
}

/** The worker that an address names, and its path; null if it is not made in this stage. */
async function findNamed(address: string, section: unknown, read: ReadProperty) {
  // If the whole section is a variable, such as a file, it has to be read as a whole.
  const known = isMap(section) ? section : await read([SECTION]);
  const isMany = isMap(known) && 'workers' in known;
  const map = isMany ? await workersOf(known, read) : onlyWorker(known);
  if (map === null || isSwitchedOff(await read([SECTION, 'enabled']))) return null;
  const named = parse(address, keysOf(map));
  if (!isMany) return { ...named, path: [SECTION] };
  const isOffHere = await isWorkerOff(map, named.worker, read);
  return isOffHere ? null : { ...named, path: [SECTION, 'workers', named.worker] };
}

/** Whether the framework makes a log group for a function, under the logical id that the worker's would have. */
function hasLoggingFunction(functions: unknown, worker: string): boolean {
  const maps = Array.isArray(functions) ? functions : [functions];
  return maps
    .filter(isMap)
    .some((map) =>
      Object.entries(map).some(
        ([name, given]) =>
          frameworkPrefix(name) === prefixOf(worker) && !(isMap(given) && given.disableLogs === true),
      ),
    );
}

/** What the framework begins the logical ids of a function with. */
function frameworkPrefix(name: string): string {
  const plain = name.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** The map of workers; only if it is a variable is it read as a whole. */
function workersOf({ workers }: Record<string, unknown>, read: ReadProperty): Promise<unknown> {
  return typeof workers === 'string' ? read([SECTION, 'workers']) : Promise.resolve(workers);
}

const onlyWorker = (section: unknown) => (section === null ? null : { [SINGLE_WORKER_NAME]: section });

const keysOf = (map: unknown): string[] => (isMap(map) ? Object.keys(map) : []);

async function isWorkerOff(workers: unknown, name: string, read: ReadProperty): Promise<boolean> {
  const given = isMap(workers) ? workers[name] : undefined;
  const path = [SECTION, 'workers', name];
  if (typeof given === 'string') return isOff(await read(path));
  return given === null || isSwitchedOff(await read([...path, 'enabled']));
}

function parse(address: string, workers: readonly string[]): { worker: string; name: ReferenceName } {
  const dot = address.lastIndexOf('.');
  const given = address.slice(dot + 1);
  const worker = dot === -1 && workers.length === 1 ? workers[0]! : address.slice(0, Math.max(dot, 0));
  const name = REFERENCE_NAMES.find((known) => known === given);
  if (!workers.includes(worker)) throw unknown(address, 'worker', { given: worker, known: workers });
  if (name === undefined) throw unknown(address, 'value', { given, known: REFERENCE_NAMES });
  return { worker, name };
}

/** The worker, of the few keys that references depend on: the others may hold variables of this kind themselves. */
async function targetOf(
  name: string,
  read: (...keys: string[]) => Promise<unknown>,
): Promise<ReferredWorker> {
  const [arn, fifo, deadLetter, topic, reduce] = await Promise.all([
    read('queue', 'arn'),
    read('queue', 'fifo'),
    read('queue', 'deadLetter'),
    read('topic'),
    read('reduce'),
  ]);
  const worker = parseWorker(name, { queue: { arn, fifo, deadLetter }, topic, reduce });
  return { configuration: { context: { stackName: '', region: '' } }, worker };
}

function unknown(
  address: string,
  what: 'worker' | 'value',
  { given, known }: { given: string; known: readonly string[] },
): UserError {
  return UserError.of({
    code: 'WATCHBOT_VARIABLE',
    place: `\${watchbot:${address}}`,
    given: given === '' ? `no ${what}` : `the ${what} ${given}`,
    allowed: `\${watchbot:WORKER.VALUE}, with ${what} one of ${known.join(', ')}`,
    advice: didYouMean(given, known) ?? `name one of these`,
  });
}

/** What a worker need not have, by the reference to it. */
const OPTIONAL: Partial<Record<ReferenceName, string>> = {
  topicArn: 'topic',
  deadLetterQueueUrl: 'dead-letter queue',
  deadLetterQueueArn: 'dead-letter queue',
  progressTable: 'progress table',
};

function lacking(address: string, worker: string, name: ReferenceName): UserError {
  return UserError.of({
    code: 'WATCHBOT_VARIABLE',
    place: `\${watchbot:${address}}`,
    given: `${name} of ${worker}, which has no ${OPTIONAL[name] ?? name}`,
    allowed: 'what the worker has',
    advice: name === 'progressTable' ? 'set `reduce: true`' : 'use `queueUrl`, or change the worker',
  });
}
