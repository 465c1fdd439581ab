import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyCalls } from '../helpers/aws-calls';
import { CORPUS_NAMES, packagedCorpus, type PackagedService } from '../helpers/corpus';
import type { PackagedTemplate } from '../helpers/framework';
import { startMoto, type Moto } from '../helpers/moto';
import { describeWithPython, runPython } from '../helpers/python';
import { MISTAKES } from './broken';
import { inOrder, planOf, refusalsOf, type Refusal, type Step } from './plan';
import { PREPARED } from './prepared';
import { BY_CLOUDFORMATION, TYPES } from './types';
import { REGION, type Properties } from './types/type';

let corpus: PackagedService[];
const templateOf = (name: string) => corpus.find((service) => service.name === name)!.template;

beforeAll(async () => {
  corpus = await packagedCorpus();
}, 900_000);

describe('types of resources', () => {
  it.each(CORPUS_NAMES)('%s has only types that are covered by API calls or by deploys', (name) => {
    const types = new Set(Object.values(templateOf(name).Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => !(type in TYPES) && !BY_CLOUDFORMATION.has(type))).toEqual([]);
  });
});

describe('the order of resources', () => {
  it('puts each resource after those that it needs', () => {
    const of = (Properties: Properties, DependsOn?: string) => ({ Type: 'x', Properties, DependsOn });
    const Resources = {
      A: of({ value: { 'Fn::Sub': ['${B.Arn}-${Own}-${!A}', { Own: { Ref: 'C' } }] } }),
      B: of({}, 'D'),
      C: of({ list: [{ 'Fn::GetAtt': ['B', 'Arn'] }, { Ref: 'AWS::Region' }] }),
      D: of({}),
    };
    expect(inOrder({ Resources, Outputs: {} })).toEqual(['D', 'B', 'C', 'A']);
    const circle = { ...Resources, D: of({ a: { Ref: 'A' } }) };
    expect(() => inOrder({ Resources: circle, Outputs: {} })).toThrow('A > B > D > A');
  });
});

describeWithPython("AWS's APIs, answered by moto,", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  /** Makes the calls of each plan in an empty account. @returns what was refused */
  async function refused(plans: readonly Step[][]): Promise<Refusal[][]> {
    const batches = plans.map((steps) => steps.flatMap(({ calls }) => calls));
    const answers = await applyCalls(moto, { region: REGION, batches });
    return plans.map((steps, index) => refusalsOf(steps, answers[index]!));
  }

  it('need not be called for the types that its CloudFormation makes', async () => {
    const made = await runPython<string[]>('moto_types.py', undefined);
    expect([...BY_CLOUDFORMATION].filter((type) => !made.includes(type))).toEqual([]);
  });

  describe('accept every resource of', () => {
    let refusals: Refusal[][];

    beforeAll(async () => {
      refusals = await refused(corpus.map(({ name, template }) => planNamed(name, template)));
    }, 900_000);

    it.each(CORPUS_NAMES)('the fixture %s', (name) => {
      expect(refusals[CORPUS_NAMES.indexOf(name)]).toEqual([]);
    });
  });

  it.each(Object.keys(PREPARED))('accept %s', async (name) => {
    const template = { Resources: PREPARED[name]!, Outputs: {} };
    expect(await refused([planOf(template)])).toEqual([[]]);
  });

  describe('refuse', () => {
    let refusals: Refusal[][];

    beforeAll(async () => {
      const { text } = corpus.find(({ name }) => name === 'minimal')!;
      refusals = await refused(
        MISTAKES.map(({ id, at, value }) => {
          const template = JSON.parse(text) as PackagedTemplate;
          setAt(template.Resources[id]!.Properties, at, value);
          return planOf(template, [id]);
        }),
      );
    }, 900_000);

    it.each(MISTAKES.map((mistake, index) => ({ ...mistake, index })))('$name', ({ index, id, error }) => {
      expect(refusals[index]).toEqual([expect.objectContaining({ id, error: expect.stringMatching(error) })]);
    });
  });
});

/** Plans a template. All are planned together, so an error names the fixture. */
function planNamed(name: string, template: PackagedTemplate): Step[] {
  try {
    return planOf(template);
  } catch (error) {
    throw new Error(`fixture ${name}: ${(error as Error).message}`, { cause: error });
  }
}

function setAt(parent: unknown, [key, ...keys]: (string | number)[], value: unknown): void {
  const object = parent as Record<string | number, unknown>;
  if (keys.length === 0) object[key!] = value;
  else setAt(object[key!], keys, value);
}
