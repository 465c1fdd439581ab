import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { endpointId, prefixOf, SharedId } from '../../src/config/logical-ids';
import { packagedImagesFile } from '../../src/image/package-folder';
import type { PackagedService } from './corpus';
import type { TemplateResource } from './framework';
import { readState, stackNameOf, type State } from './rebuild';

type Json = string | number | boolean | null | Json[] | Values;
interface Values {
  [key: string]: Json;
}

/** What the plugin adds to a service's template. */
export interface PluginOutput extends Values {
  workers: string[];
  Resources: Values;
  Outputs: Values;
  /** Resources that the framework and the service itself define. */
  others: Values;
}

const SHARED_IDS: readonly string[] = [...Object.values(SharedId), 'ClusterArn'];
const SHARED_BEGINNINGS = ['WatchbotFileSystemAccess', endpointId('')];
const isShared = (id: string) =>
  SHARED_IDS.includes(id) || SHARED_BEGINNINGS.some((beginning) => id.startsWith(beginning));
/** Resources that the framework makes for functions and their APIs. Some begin with a worker's name. */
const OF_THE_FRAMEWORK = /Lambda|^HttpApi|^Serverless|^Iam/;

/** The plugin's part of the template, with placeholders for names that differ between services anyway. */
export function pluginOutputOf({ folder, template }: PackagedService): PluginOutput {
  const state = readState(folder);
  const own = { ...state.service.resources?.Resources, ...state.service.resources?.Outputs };
  // A worker whose image already exists appears only in this list.
  const list = readFileSync(packagedImagesFile(path.join(folder, '.serverless')), 'utf8');
  const { images } = JSON.parse(list) as { images: { worker: string }[] };
  const belongsToWorker = (id: string) => images.some(({ worker }) => id.startsWith(prefixOf(worker)));
  const isMade = (id: string) =>
    isShared(id) || (belongsToWorker(id) && !(id in own) && !OF_THE_FRAMEWORK.test(id));
  const others = Object.entries(template.Resources)
    .filter(([id]) => !isMade(id) && !id.startsWith('ServerlessDeployment'))
    // The framework adds them in the order in which it happens to read the packages of its functions.
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const made = {
    workers: images.map(({ worker }) => worker).sort(),
    Resources: pick(template.Resources, isMade),
    Outputs: pick(template.Outputs, isMade),
    others: Object.fromEntries(others.map(([id, resource]) => [id, describeOther(resource)])),
  };
  return normal(JSON.parse(withPlaceholders(JSON.stringify(made), state)) as PluginOutput) as PluginOutput;
}

const pick = <T>(values: Record<string, T>, isWanted: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(values).filter(([key]) => isWanted(key)));

/** The resource's type, and the policies that the plugin adds if it is a role. */
function describeOther({ Type, Properties }: Partial<TemplateResource>): unknown {
  const policies = (Properties?.Policies ?? []) as { PolicyName: unknown }[];
  const Policies = policies.filter(({ PolicyName }) => PolicyName === 'watchbot');
  return Policies.length > 0 ? { Type, Policies } : Type;
}

/** Replaces names of the stack, and hashes of files that are not in the template: image tags and versions. */
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

/** Parses texts that are JSON, such as dashboards, and sorts lists that AWS takes as sets. */
function normal(value: Json): Json {
  if (typeof value === 'string') return readText(value);
  if (Array.isArray(value)) return sorted(value.map(normal));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, normal(entry)]));
}

function readText(text: string): Json {
  try {
    const read = JSON.parse(text) as Json;
    const isStructured = isMap(read) || Array.isArray(read);
    return isStructured && JSON.stringify(read) === text ? { '<json>': normal(read) } : text;
  } catch {
    return text;
  }
}

/** Keys that name the entries of a list. AWS takes lists of such entries as sets: their order has no meaning. */
const NAMES = ['Name', 'Key', 'Sid', 'Id', 'PolicyName', 'ContainerPath', 'CapacityProvider'];

const nameOf = (entry: Json): string | undefined =>
  NAMES.map((name) => (isMap(entry) ? entry[name] : undefined)).find((name) => typeof name === 'string');

/** Sorts a list that is a set by name. Entries without a name come last. */
function sorted(list: Json[]): Json[] {
  const rank = (entry: Json) => nameOf(entry) ?? '\uffff';
  const compare = (a: Json, b: Json) => Number(rank(a) > rank(b)) - Number(rank(a) < rank(b));
  return isSet(list) ? [...list].sort(compare) : list;
}

function isSet(list: Json[]): boolean {
  const names = list.map(nameOf).filter((name) => name !== undefined);
  return list.every(isMap) && new Set(names).size === names.length;
}

/** A JSON Merge Patch (RFC 7396) from the plugin's output for the minimal service to that for another one. */
export const difference = (minimal: PluginOutput, made: PluginOutput): Json =>
  patchOf(baseFor(made.workers, minimal), made);

/** Applies such a patch. @returns the plugin's output for the other service */
export const applied = (minimal: PluginOutput, patch: Partial<PluginOutput>): Json =>
  merged(baseFor(patch.workers ?? minimal.workers, minimal), patch as Values);

/** The minimal service's output if it had these workers. A name missed here makes a patch longer, not wrong. */
function baseFor(workers: string[], { Resources, Outputs, ...rest }: PluginOutput): Values {
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

/** A map of the value. Entries of a list of objects are keyed by name, or by position, such as `[0]`. */
function mapOf(value: Json | undefined): Values | undefined {
  if (!Array.isArray(value)) return isMap(value) ? value : undefined;
  const keyOf = (entry: Json, at: number) => (isSet(value) ? nameOf(entry) : undefined) ?? `[${at}]`;
  const entries = value.map((entry, at) => [keyOf(entry, at), entry] as const);
  return value.some((entry) => typeof entry === 'object') ? Object.fromEntries(entries) : undefined;
}

function patchOf(from: Json | undefined, to: Json): Json {
  const [given, wanted] = [mapOf(from), mapOf(to)];
  // A map is not patched into a list: `merged` makes lists only from lists.
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
  const isList = all.every(([key, entry]) => /^\[\d+\]$/.test(key) || nameOf(entry) === key);
  return Array.isArray(target) && isList ? sorted(all.map(([, entry]) => entry)) : Object.fromEntries(all);
}

const WIDTH = 120;

/** Formats JSON: a value that fits on a line gets one, and the only entry of a map or list is not indented. */
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
