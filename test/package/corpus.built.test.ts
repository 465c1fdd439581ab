import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CORPUS_NAMES, packagedCorpus, type PackagedService } from '../helpers/corpus';
import { copyService, removeServices } from '../helpers/framework';
import { expectGolden } from '../helpers/golden';
import { packagedFiles, readState, rebuild } from '../helpers/rebuild';
import {
  applied,
  difference,
  pluginOutputOf,
  printed,
  type PluginOutput,
} from '../helpers/template-difference';
import { byName, idsIn, textOf, type Part } from './compare';

let services: Map<string, PackagedService>;
const service = (name: string) => services.get(name)!;

beforeAll(async () => {
  services = byName(await packagedCorpus());
}, 900_000);

afterAll(removeServices);

/** Goldens: `minimal.json` is the whole output for `minimal`; the others are differences from it. */
const TEMPLATES = path.join(__dirname, 'templates');

describe('the output of the plugin', () => {
  it.each(CORPUS_NAMES)('for %s is exactly its golden', (name) => {
    const [minimal, made] = [pluginOutputOf(service('minimal')), pluginOutputOf(service(name))];
    const text = printed(name === 'minimal' ? minimal : difference(minimal, made));
    expectGolden(path.join(TEMPLATES, `${name}.json`), `${text}\n`);

    const golden = JSON.parse(text) as PluginOutput;
    expect(name === 'minimal' ? golden : applied(minimal, golden)).toStrictEqual(made);
  });

  it('has a golden only for existing services', () => {
    expect(readdirSync(TEMPLATES).sort()).toEqual(CORPUS_NAMES.map((name) => `${name}.json`).sort());
  });
});

/** esbuild cannot be loaded in Jest. test/image/bundle has the same check for its bundles. */
const NOT_BUNDLED = CORPUS_NAMES.filter((name) => name !== 'handler-bundled');

describe('made a second time in another folder', () => {
  it.each(NOT_BUNDLED)('%s has the same bytes', async (name) => {
    const first = service(name);
    const folder = copyService(name);
    const fragment = await rebuild(readState(first.folder), folder);
    const ids = [...Object.keys(fragment.Resources), ...Object.keys(fragment.Outputs)];

    expect(textOf(first.template, ids)).toBe(textOf(fragment as Part, ids));
    expect(packagedFiles(first.folder)).toEqual(packagedFiles(folder));
    // The output that is compared above is complete.
    expect(idsIn(pluginOutputOf(first)).sort()).toEqual(ids.sort());
  });
});

describe('no template has functions of the plugin, custom resources or a desired count', () => {
  it.each(CORPUS_NAMES)('%s', (name) => {
    const { template, text, folder } = service(name);
    const functions = Object.keys(readState(folder).service.functions ?? {});
    const belongsToFunction = (id: string) =>
      functions.some((each) => id.startsWith(each.charAt(0).toUpperCase() + each.slice(1)));

    const unwanted = Object.entries(template.Resources).filter(([id, { Type }]) =>
      Type.startsWith('AWS::Lambda::') ? !belongsToFunction(id) : /^Custom::|::CustomResource$/.test(Type),
    );
    expect(unwanted).toEqual([]);
    expect(text).not.toContain('"DesiredCount"');
  });
});
