import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from '../config/support';
import { HOME } from '../helpers/corpus';
import { emptyService, removeServices, runFramework } from '../helpers/framework';
import { snippetsOf } from './pages';
import { servicesOf, writeService, type Service } from './services';
import { parseYaml } from '../helpers/yaml';

/** Kinds of snippets that begin with neither `service:` nor `watchbot:`, or are not for this plugin. */
const KINDS = ['other-tool', 'service-part'];

const ALL = snippetsOf('yaml', 'yml');
const OURS = ALL.filter(({ kind }) => kind !== 'other-tool');

const firstKey = (text: string) => /^(\w+):/m.exec(text)?.[1];

afterAll(removeServices);

describe.each(ALL.map((snippet) => [snippet.at, snippet] as const))('the YAML at %s', (_at, snippet) => {
  const { text, kind } = snippet;

  it('can be parsed, and its kind is known', () => {
    expect(typeof parseYaml(text)).toBe('object');
    if (kind === undefined) expect(['service', 'watchbot']).toContain(firstKey(text));
    else expect(KINDS).toContain(kind);
  });

  if (kind === undefined) {
    it('has a valid section', () => {
      // Only the framework resolves variables. These snippets are packaged below.
      if (text.includes('watchbot: ${')) return;
      const { watchbot, provider } = parseYaml(text) as { watchbot: object; provider?: Images };
      expect(parse(watchbot, { providerImages: provider?.ecr?.images }).workers).not.toEqual([]);
    });
  }
});

interface Images {
  ecr?: { images?: Record<string, unknown> };
}

describe('packaged by the framework', () => {
  const services = servicesOf(OURS);
  const runs = new Map<Service, { code: number | string; output: string }>();

  beforeAll(async () => {
    mkdirSync(HOME, { recursive: true });
    const waiting = [...services];
    const next = async () => {
      for (let service = waiting.shift(); service !== undefined; service = waiting.shift()) {
        const folder = emptyService('docs');
        writeService(folder, service);
        runs.set(service, await runFramework('osls', ['package'], { folder, environment: { HOME } }));
      }
    };
    await Promise.all([next(), next()]);
  }, 120_000);

  it.each(services.map((service) => [service.from.join(', '), service] as const))('%s', (_from, service) => {
    const { code, output } = runs.get(service)!;
    expect([output, code]).toEqual([expect.not.stringMatching(/warning|error/i), 0]);
  });
});
