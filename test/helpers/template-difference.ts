import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { prefixOf, SharedId } from '../../src/config/logical-ids';
import { packagedImagesFile } from '../../src/image/package-paths';
import type { PackagedService } from './corpus';
import type { TemplateResource } from './framework';
import { readState, stackNameOf, type State } from './rebuild';

type Json = string | number | boolean | null | Json[] | Values;
interface Values {
  [key: string]: Json;
}

/** What the plugin makes of a service. */
export interface Made extends Values {
  workers: string[];
  Resources: Values;
  Outputs: Values;
  /** What the framework and the service itself define. */
  others: Values;
}

const SHARED_IDS: readonly string[] = [...Object.values(SharedId), 'ClusterArn'];
const isShared = (id: string) => SHARED_IDS.includes(id);
/** What the framework makes for functions and their APIs: some of it has a worker's name before it. */
const OF_THE_FRAMEWORK = /Lambda|^HttpApi|^Serverless|^Iam/;

/** As the template has it, but for names that differ from service to service whatever it says. */
export function madeOf({ folder, template }: PackagedService): Made {
  const state = readState(folder);
  const own = { ...state.service.resources?.Resources, ...state.service.resources?.Outputs };
  // Of a worker whose image is there already, there is no more than a line in this list.
  const list = readFileSync(packagedImagesFile(path.join(folder, '.serverless')), 'utf8');
  const { images } = JSON.parse(list) as { images: { worker: string }[] };
  const isOfAWorker = (id: string) => images.some(({ worker }) => id.startsWith(prefixOf(worker)));
  const isMade = (id: string) =>
    isShared(id) || (isOfAWorker(id) && !(id in own) && !OF_THE_FRAMEWORK.test(id));
  const others = Object.entries(template.Resources)
    .filter(([id]) => !isMade(id) && !id.startsWith('ServerlessDeployment'))
    // The framework adds them in the order in which it has read its functions' packages.
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const made = {
    workers: images.map(({ worker }) => worker).sort(),
    Resources: pick(template.Resources, isMade),
    Outputs: pick(template.Outputs, isMade),
    others: Object.fromEntries(others.map(([id, resource]) => [id, describeOther(resource)])),
  };
  return normal(JSON.parse(withPlaceholders(JSON.stringify(made), state)) as Made) as Made;
}

const pick = <T>(values: Record<string, T>, isWanted: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(values).filter(([key]) => isWanted(key)));

/** Its type, and what the plugin adds to a role that is not its own. */
function describeOther({ Type, Properties }: Partial<TemplateResource>): unknown {
  const policies = (Properties?.Policies ?? []) as { PolicyName: unknown }[];
  const Policies = policies.filter(({ PolicyName }) => PolicyName === 'watchbot');
  return Policies.length > 0 ? { Type, Policies } : Type;
}

/** Tags of images, ids of functions' versions and a worker's own are hashes of files that no template tells of. */
function withPlaceholders(given: string, state: State): string {
  const { service, provider } = state.service;
  const stack = stackNameOf(state);
  const usual = `${service}-${provider.stage}`;
  const versions = [...given.matchAll(/"WatchbotVersion","Value":"([0-9a-f]{8})"/g)].map(([, hash]) => hash!);
  const text = versions.reduce((whole, version) => whole.replaceAll(version, '<version>'), given);
  return text
    .replaceAll(`${stack}-${provider.region}`, '<stack>-<region>')
    .replaceAll(`/${usual}/`, '/<service>-<stage>/')
    .replaceAll(`"sls-${usual}-`, '"sls-<service>-<stage>-')
    .replaceAll(stack, '<stack>')
    .replaceAll(/(?<=<service>-<stage>\/[\w-]+:)[0-9a-f]{20}(?=")/g, '<tag>')
    .replaceAll(/(?<=LambdaVersion)\w{20,}(?=")/g, '<hash>');
}

const isMap = (value: Json | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** With what is JSON in a text, such as a dashboard, read; and with lists that are sets in one order. */
function normal(value: Json): Json {
  if (typeof value === 'string') return readText(value);
  if (Array.isArray(value)) return sorted(value.map(normal));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, normal(entry)]));
}

function readText(text: string): Json {
  try {
    const read = JSON.parse(text) as Json;
    const isOfParts = isMap(read) || Array.isArray(read);
    return isOfParts && JSON.stringify(read) === text ? { '<json>': normal(read) } : text;
  } catch {
    return text;
  }
}

/** By what entries of a list are called. AWS takes lists of such entries as sets: their order says nothing. */
const NAMES = ['Name', 'Key', 'Sid', 'Id', 'PolicyName', 'ContainerPath', 'CapacityProvider'];

const nameOf = (entry: Json): string | undefined =>
  NAMES.map((name) => (isMap(entry) ? entry[name] : undefined)).find((name) => typeof name === 'string');

/** Sorted by name, with those that have none behind. */
function sorted(list: Json[]): Json[] {
  const rank = (entry: Json) => nameOf(entry) ?? '\uffff';
  const compare = (a: Json, b: Json) => Number(rank(a) > rank(b)) - Number(rank(a) < rank(b));
  return isSet(list) ? [...list].sort(compare) : list;
}

function isSet(list: Json[]): boolean {
  const names = list.map(nameOf).filter((name) => name !== undefined);
  return list.every(isMap) && new Set(names).size === names.length;
}

/** A JSON Merge Patch (RFC 7396) to what the plugin makes of the minimal service. */
export const difference = (minimal: Made, made: Made): Json => patchOf(baseFor(made.workers, minimal), made);

/** The other way round: what the plugin makes of a service. */
export const applied = (minimal: Made, patch: Partial<Made>): Json =>
  merged(baseFor(patch.workers ?? minimal.workers, minimal), patch as Values);

/** The minimal service, had it these workers. What is missed of a name in a text makes a patch longer, not wrong. */
function baseFor(workers: string[], { Resources, Outputs, ...rest }: Made): Values {
  const [only] = rest.workers as [string];
  const ids = Object.keys({ ...Resources, ...Outputs }).filter((id) => !isShared(id));
  const ofWorker = (part: Values, name: string) => {
    const text = JSON.stringify(pick(part, (id) => !isShared(id)))
      .replaceAll(new RegExp(`${prefixOf(only)}\\w*`, 'g'), (word) =>
        ids.some((id) => id.startsWith(word)) ? word.replace(prefixOf(only), prefixOf(name)) : word,
      )
      .replaceAll(new RegExp(`(?<=worker |<region>-|<stage>/)${only}\\b`, 'g'), name);
    return Object.entries(JSON.parse(text) as Values);
  };
  const ofAll = (part: Values): Values => ({
    ...pick(part, isShared),
    ...Object.fromEntries(workers.flatMap((name) => ofWorker(part, name))),
  });
  return { ...rest, Resources: ofAll(Resources), Outputs: ofAll(Outputs) };
}

/** Lists of more than plain values count as maps, by names or else positions, such as `[0]`. */
function mapOf(value: Json | undefined): Values | undefined {
  if (!Array.isArray(value)) return isMap(value) ? value : undefined;
  const keyOf = (entry: Json, at: number) => (isSet(value) ? nameOf(entry) : undefined) ?? `[${at}]`;
  const entries = value.map((entry, at) => [keyOf(entry, at), entry] as const);
  return value.some((entry) => typeof entry === 'object') ? Object.fromEntries(entries) : undefined;
}

function patchOf(from: Json | undefined, to: Json): Json {
  const [given, wanted] = [mapOf(from), mapOf(to)];
  // A map is not patched into a list: `merged` makes lists of lists only.
  if (given === undefined || wanted === undefined || (isMap(from) && Array.isArray(to))) return to;
  const gone = Object.keys(given).filter((key) => !(key in wanted));
  const different = Object.entries(wanted).filter(([key, value]) => !isDeepStrictEqual(given[key], value));
  return Object.fromEntries([
    ...gone.map((key) => [key, null] as const),
    ...different.map(([key, value]) => [key, patchOf(given[key], value)] as const),
  ]);
}

function merged(target: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const given = mapOf(target) ?? {};
  const all = Object.entries({ ...given, ...patch })
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, key in patch ? merged(given[key], value) : value] as const);
  const isOfList = all.every(([key, entry]) => /^\[\d+\]$/.test(key) || nameOf(entry) === key);
  return Array.isArray(target) && isOfList ? sorted(all.map(([, entry]) => entry)) : Object.fromEntries(all);
}

const WIDTH = 120;

/** JSON in which what fits into a line is on one, and a map or list of a single entry does not indent it. */
export function printed(value: Json, indent = '', around = 0): string {
  const line = JSON.stringify(value, undefined, 1)
    .replaceAll(/(?<=\[)\n *|\n *(?=\])/g, '')
    .replaceAll(/\n */g, ' ');
  const fits = indent.length + around + line.length <= WIDTH;
  if (fits || typeof value !== 'object' || value === null) return line;
  const entries = Object.entries(value);
  const [open, close, space] = Array.isArray(value) ? ['[', ']', ''] : ['{', '}', ' '];
  const inner = entries.length === 1 ? indent : `${indent}  `;
  const parts = entries.map(([key, entry]) => {
    const name = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    return name + printed(entry, inner, name.length + (entries.length === 1 ? around + 4 : 1));
  });
  if (entries.length === 1) return open + space + parts.join() + space + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}
