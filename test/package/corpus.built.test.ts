import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CORPUS_NAMES, packagedCorpus, type PackagedService } from '../helpers/corpus';
import { copyService, removeServices, type PackagedTemplate } from '../helpers/framework';
import { expectGolden } from '../helpers/golden';
import { packagedFiles, readState, rebuild } from '../helpers/rebuild';
import { applied, difference, madeOf, printed, type Made } from '../helpers/template-difference';

const byName = (services: readonly PackagedService[]) => new Map(services.map((each) => [each.name, each]));

let services: Map<string, PackagedService>;
const service = (name: string) => services.get(name)!;

beforeAll(async () => {
  services = byName(await packagedCorpus());
}, 900_000);

afterAll(removeServices);

/** `minimal.json` is all that the plugin makes of it, the others tell how theirs differs. */
const TEMPLATES = path.join(__dirname, 'templates');

describe('what the plugin makes', () => {
  it.each(CORPUS_NAMES)('of %s is told without a gap', (name) => {
    const [minimal, made] = [madeOf(service('minimal')), madeOf(service(name))];
    const text = printed(name === 'minimal' ? minimal : difference(minimal, made));
    expectGolden(path.join(TEMPLATES, `${name}.json`), `${text}\n`);

    const told = JSON.parse(text) as Made;
    expect(name === 'minimal' ? told : applied(minimal, told)).toStrictEqual(made);
  });

  it('is told of no service that is not there', () => {
    expect(readdirSync(TEMPLATES).sort()).toEqual(CORPUS_NAMES.map((name) => `${name}.json`).sort());
  });
});

const idsIn = ({ Resources, Outputs }: Made) => [...Object.keys(Resources), ...Object.keys(Outputs)];

type Part = Pick<PackagedTemplate, 'Resources' | 'Outputs'>;

/** The text of some resources and outputs, in their order. The framework adds names for export to all outputs. */
const textOf = ({ Resources, Outputs }: Part, ids: readonly string[]) =>
  JSON.stringify(
    [
      ...Object.entries(Resources),
      ...Object.entries(Outputs).map(([id, { Value }]) => [id, Value] as const),
    ].filter(([id]) => ids.includes(id)),
    undefined,
    1,
  );

/** esbuild cannot be loaded in here: test/image/bundle has the same check for what it makes. */
const NOT_BUNDLED = CORPUS_NAMES.filter((name) => name !== 'handler-bundled');

describe('made a second time in another folder', () => {
  it.each(NOT_BUNDLED)('%s has the same bytes', async (name) => {
    const first = service(name);
    const folder = copyService(name);
    const fragment = await rebuild(readState(first.folder), folder);
    const ids = [...Object.keys(fragment.Resources), ...Object.keys(fragment.Outputs)];

    expect(textOf(first.template, ids)).toBe(textOf(fragment as Part, ids));
    expect(packagedFiles(first.folder)).toEqual(packagedFiles(folder));
    // The files above tell of all of it.
    expect(idsIn(madeOf(first)).sort()).toEqual(ids.sort());
  });
});

/** Those that look like products, and those with the most variables and functions: a process for each takes its time. */
const PRODUCTS = [
  'fleet-telemetry',
  'intrinsics',
  'invoice-mailer',
  'map-tiles',
  'model-training',
  'nightly-report',
  'payment-intake',
  'photo-shop',
  'scanned-mail',
  'stages',
  'variables',
  'video-transcoder',
] as const;

describe('packaged by serverless 3', () => {
  let others: Map<string, PackagedService>;
  beforeAll(async () => {
    others = byName(await packagedCorpus('serverless', PRODUCTS));
  }, 900_000);

  it.each(PRODUCTS)('%s has the same bytes as by osls', (name) => {
    const first = service(name);
    const other = others.get(name)!;
    const ids = idsIn(madeOf(first));
    expect(textOf(other.template, ids)).toBe(textOf(first.template, ids));
    expect(madeOf(other)).toStrictEqual(madeOf(first));
    expect(packagedFiles(other.folder)).toEqual(packagedFiles(first.folder));
  });
});

describe('what no template has', () => {
  it.each(CORPUS_NAMES)('%s', (name) => {
    const { template, text, folder } = service(name);
    const functions = Object.keys(readState(folder).service.functions ?? {});
    const isOfAFunction = (id: string) =>
      functions.some((each) => id.startsWith(each.charAt(0).toUpperCase() + each.slice(1)));

    const unwanted = Object.entries(template.Resources).filter(([id, { Type }]) =>
      Type.startsWith('AWS::Lambda::') ? !isOfAFunction(id) : /^Custom::|::CustomResource$/.test(Type),
    );
    expect(unwanted).toEqual([]);
    expect(text).not.toContain('"DesiredCount"');
  });
});
