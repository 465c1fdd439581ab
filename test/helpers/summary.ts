import { readFileSync } from 'node:fs';
import path from 'node:path';
import { prefixOf, SharedId } from '../../src/config/logical-ids';
import { packagedImagesFile } from '../../src/image/package-paths';
import { say, statementsOf } from './cloudformation-text';
import type { PackagedService } from './corpus';
import type { TemplateResource } from './framework';
import { readState, stackNameOf, type State } from './rebuild';
import { sayProperties } from './summary-types';

/** What the plugin makes of a service, for people: a few lines a resource. */
export interface Summary {
  /** What the stack has once. */
  shared: Described[];
  workers: { name: string; resources: Described[] }[];
  outputs: Described[];
  /** Types of what the framework and the service itself define. */
  others: string[];
  /** What functions are allowed to do. */
  grants: string[];
}

interface Described {
  id: string;
  /** What it is, and its details. */
  lines: string[];
}

const LINE_LENGTH = 130;
const SHARED_IDS: readonly string[] = Object.values(SharedId);

/** @throws for a resource of the plugin whose type is not known here. */
export function summarize({ folder, template }: PackagedService): Summary {
  const state = readState(folder);
  const names = workersOf(folder);
  const { Resources: own = {}, Outputs: ownOutputs = {} } = state.service.resources ?? {};
  const ids = Object.keys(template.Resources);
  const ownerOf = (id: string) => (id in own ? undefined : workerOf(id, names));
  const describe = (id: string): Described => ({
    id,
    lines: describeResource(id, template.Resources[id]!).map((line) => general(line, state)),
  });
  const others = ids
    .filter((id) => !SHARED_IDS.includes(id) && ownerOf(id) === undefined)
    .filter((id) => !id.startsWith('ServerlessDeployment'));
  return {
    shared: ids.filter((id) => SHARED_IDS.includes(id)).map(describe),
    workers: names.map((name) => ({
      name,
      resources: ids.filter((id) => ownerOf(id) === name).map(describe),
    })),
    outputs: Object.entries(template.Outputs)
      .filter(([id]) => !(id in ownOutputs) && (id === 'ClusterArn' || workerOf(id, names) !== undefined))
      .map(([id, { Value }]) => ({ id, lines: [general(`${id} ${say(Value)}`, state)] })),
    others: others.map((id) => describeOther(id, template.Resources[id]!)),
    grants: others.flatMap((id) => grantsOf(id, template.Resources[id]!)),
  };
}

/** Of those whose image is there already, there is no more than a line in this list. */
function workersOf(folder: string): string[] {
  const list = readFileSync(packagedImagesFile(path.join(folder, '.serverless')), 'utf8');
  const { images } = JSON.parse(list) as { images: { worker: string }[] };
  return images.map(({ worker }) => worker).sort();
}

/** What the framework makes for functions and their APIs: some of it has a worker's name before it. */
const OF_THE_FRAMEWORK = /Lambda|^HttpApi|^Serverless|^Iam/;

function workerOf(id: string, names: readonly string[]): string | undefined {
  if (SHARED_IDS.includes(id) || OF_THE_FRAMEWORK.test(id)) return undefined;
  return names
    .filter((name) => id.startsWith(prefixOf(name)))
    .sort((a, b) => b.length - a.length)
    .at(0);
}

const shortType = (type: string): string => type.replace(/^AWS::/, '');

function describeResource(
  id: string,
  { Type, Properties, DependsOn, DeletionPolicy }: TemplateResource,
): string[] {
  const { parts, details } = sayProperties(Type, Properties, id);
  const all = [
    ...parts,
    ...(DeletionPolicy === undefined ? [] : [`on removal ${DeletionPolicy}`]),
    ...(DependsOn === undefined ? [] : [`after ${say(DependsOn)}`]),
  ];
  return [`${id}  ${shortType(Type)} ${all.join(', ')}`.trimEnd(), ...details];
}

/** The id of a version has a hash of its function's package in it. */
const describeOther = (id: string, { Type }: TemplateResource): string =>
  `${id.replace(/(?<=LambdaVersion)\w+/, '…')} ${shortType(Type)}`;

/** What the plugin adds to a role that is not its own. */
function grantsOf(id: string, { Properties: properties }: Partial<TemplateResource>): string[] {
  const policies = (properties?.Policies ?? []) as { PolicyName: unknown; PolicyDocument: unknown }[];
  return policies
    .filter(({ PolicyName }) => PolicyName === 'watchbot')
    .flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument))
    .map((text) => `${id} watchbot/${text}`);
}

/** What differs from service to service whatever it says: the name of its stack. */
function general(text: string, state: State): string {
  const { service, provider } = state.service;
  const stack = stackNameOf(state);
  return text
    .replaceAll(`${stack}-${provider.region}`, '<stack>-<region>')
    .replaceAll(`repository/${service}-${provider.stage}/`, 'repository/<service>-<stage>/')
    .replaceAll(`<URLSuffix>/${service}-${provider.stage}/`, '<URLSuffix>/<service>-<stage>/')
    .replaceAll(stack, '<stack>');
}

/**
 * The summary as text. What is just as in the plainest of services is only named, or `…`, so that a text tells what its
 * service is there for, and a changed default changes few of them.
 */
export function sayService(summary: Summary, plainest: Summary = NOTHING): string {
  const section = (title: string, all: readonly Described[], name = PLAIN_NAME) => [
    `== ${title}`,
    ...sayResources(all, name, plainest),
  ];
  const others = [...summary.others].sort();
  return [
    ...section('stack', summary.shared),
    ...summary.workers.flatMap(({ name, resources }) => [
      ...section(`worker ${name}`, resources, name),
      ...wrapList('lacks:', lackingIn(plainest, resources, name), prefixOf(PLAIN_NAME)),
    ]),
    ...section('outputs', summary.outputs),
    // The framework adds them in the order in which it has read its functions' packages.
    ...(others.length === 0 ? [] : wrap(`== beside it: ${others.join(', ')}`, '', '    ')),
    ...summary.grants,
  ].join('\n');
}

const NOTHING: Summary = { shared: [], workers: [], outputs: [], others: [], grants: [] };
const PLAIN_NAME = 'watchbot';

const everything = ({ shared, workers, outputs }: Summary): Described[] => [
  ...shared,
  ...workers.flatMap(({ resources }) => resources),
  ...outputs,
];

/** The text, were the worker the only one. */
const asPlain = (text: string, name: string): string =>
  text.replaceAll(prefixOf(name), prefixOf(PLAIN_NAME)).replaceAll(name.toLowerCase(), PLAIN_NAME);

/** What the only worker of the plainest service has, and this one has not. */
function lackingIn(plainest: Summary, resources: readonly Described[], name: string): Described[] {
  const ids = new Set(resources.map(({ id }) => asPlain(id, name)));
  return plainest.workers.flatMap((worker) => worker.resources).filter(({ id }) => !ids.has(id));
}

function sayResources(all: readonly Described[], name: string, plainest: Summary): string[] {
  const compared = all.map((each) => compare(each, name, plainest));
  // Several that differ in the same way, such as by a tag, are told together.
  const groups = new Map<string, Compared[]>();
  for (const each of compared.filter(({ isSame }) => !isSame)) {
    const key = each.isFirstSame ? each.differences.join('\n') : each.id;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const prefix = prefixOf(name);
  return [
    ...[...groups.values()].flatMap((group) => sayGroup(group, prefix)),
    ...wrapList(
      'as in the plainest:',
      compared.filter(({ isSame }) => isSame),
      prefix,
    ),
  ];
}

interface Compared extends Described {
  isSame: boolean;
  isFirstSame: boolean;
  /** Details that differ. */
  differences: string[];
}

function compare(described: Described, name: string, plainest: Summary): Compared {
  const [first, ...details] = described.lines;
  const plainId = asPlain(described.id, name);
  const plain = everything(plainest).find(({ id, lines }) => id === plainId && isKindOf(lines, first!));
  const [plainFirst, ...plainDetails] = plain?.lines ?? [];
  const kinds = new Set(details.map((line) => kindOf(asPlain(line, name))));
  const lost = plainDetails.map(kindOf).filter((kind) => !kinds.has(kind));
  const differences = [
    ...details.filter((line) => !plainDetails.includes(asPlain(line, name))),
    ...(lost.length === 0 ? [] : [`lacks ${lost.join(', ')}`]),
  ];
  const isFirstSame = plainFirst === asPlain(first!, name);
  return { ...described, isFirstSame, isSame: isFirstSame && differences.length === 0, differences };
}

/** An output has the name of a log group, too. */
const isKindOf = ([plainFirst]: readonly string[], first: string): boolean =>
  plainFirst?.includes('::') === first.includes('::');

/** What a detail is about: `health`, `variable Fifo`, a statement's name. */
const kindOf = (detail: string): string =>
  /^(?:variable|secret|mount) \S+|^\S+/.exec(detail)![0].replace(/:$/, '');

function sayGroup(group: readonly Compared[], prefix: string): string[] {
  const [{ lines, differences }] = group as readonly [Compared];
  const [first, ...details] = lines;
  return [
    ...(group.length > 1 ? wrapList('as in the plainest but for', group, prefix) : wrap(first!, '', '    ')),
    ...differences.flatMap((line) => wrap(line, '    ', '        ')),
    ...(group.length === 1 && details.some((line) => !differences.includes(line)) ? ['    …'] : []),
  ];
}

function wrapList(title: string, resources: readonly Described[], prefix: string): string[] {
  if (resources.length === 0) return [];
  const ids = resources.map(({ id }) => (id.startsWith(prefix) ? id.slice(prefix.length) : id));
  return wrap(`${title} ${ids.join(', ')}`, '', '    ');
}

function wrap(text: string, indent: string, hanging: string): string[] {
  const lines = [indent];
  for (const word of text.split(/(?<= )/)) {
    const last = lines.at(-1)!;
    const fits = last.trim() === '' || (last + word).trimEnd().length <= LINE_LENGTH;
    if (fits) lines[lines.length - 1] = last + word;
    else lines.push(hanging + word);
  }
  return lines.map((line) => line.trimEnd());
}

/** Ids of all that the summary tells of the plugin's. */
export const idsIn = (summary: Summary): string[] => everything(summary).map(({ id }) => id);
