import { describe, expect, it } from '@jest/globals';
import { cycles, missingIds, referencesIn } from './graph';
import { SECTIONS, TAGGED } from './sections';
import { build } from './support';

const isOwn = (id: string) => id.startsWith('Own');
const bodies = (properties: Record<string, object>, dependsOn: Record<string, string> = {}) => ({
  Resources: Object.fromEntries(
    Object.entries(properties).map(([id, Properties]) => [
      id,
      {
        Type: 'X',
        Properties: Properties as Record<string, unknown>,
        ...(dependsOn[id] === undefined ? {} : { DependsOn: dependsOn[id] }),
      },
    ]),
  ),
  Outputs: {},
});

describe('what a part of a template refers to', () => {
  it.each([
    [{ Ref: 'A' }, ['A']],
    [{ 'Fn::GetAtt': ['A', 'Arn'] }, ['A']],
    [{ 'Fn::GetAtt': 'A.Arn' }, ['A']],
    [{ 'Fn::Sub': '${A}-${B.Arn}-${!C}-${AWS::Region}' }, ['A', 'B', 'AWS::Region']],
    [{ 'Fn::Sub': ['${A}-${B}', { B: { Ref: 'C' } }] }, ['A', 'C']],
    [{ 'Fn::Select': [0, { 'Fn::Split': [':', { Ref: 'A' }] }] }, ['A']],
    [[{ deep: [{ Ref: 'A' }] }, 'Ref'], ['A']],
    ['${A}', []],
  ])('%j', (part, expected) => {
    expect(referencesIn(part)).toEqual(expected);
  });

  it.each([
    ['Ref', bodies({ A: { x: { Ref: 'B' } }, B: { x: { Ref: 'A' } } })],
    ['GetAtt', bodies({ A: { x: { 'Fn::GetAtt': ['B', 'Arn'] } }, B: { x: { Ref: 'A' } } })],
    ['Sub', bodies({ A: { x: { 'Fn::Sub': '${B}' } }, B: { x: { Ref: 'A' } } })],
    ['DependsOn', bodies({ A: {}, B: { x: { Ref: 'A' } } }, { A: 'B' })],
  ])('a circle through %s is found', (_function, template) => {
    expect(cycles(template)).toEqual([['A', 'B', 'A']]);
  });

  it('a way that meets itself again is no circle, and an id that is not there is missing', () => {
    const template = bodies(
      { A: { x: [{ Ref: 'B' }, { Ref: 'C' }] }, B: { x: { Ref: 'C' } }, C: {} },
      { C: 'D' },
    );
    expect(cycles(template)).toEqual([]);
    expect(missingIds(template, isOwn)).toEqual(['D']);
  });
});

describe.each(Object.entries(SECTIONS))('the template of %s', (_title, section) => {
  const fragment = build({ command: 'true', ...section }, TAGGED);

  it('has no circle', () => {
    expect(cycles(fragment)).toEqual([]);
  });

  it('refers to nothing that is not there', () => {
    expect(missingIds(fragment, isOwn)).toEqual([]);
  });
});

it('all sections side by side, as workers of one stack, have no circle', () => {
  const SHARED = ['cluster', 'vpc', 'notify'];
  const workers = Object.entries(SECTIONS)
    // Two workers cannot make one bucket, and instances need a cluster that all would share.
    .filter(([title]) => !/source|instances/.test(title))
    .map(([, section], index) => [
      `w${index}x`,
      {
        command: 'true',
        ...Object.fromEntries(Object.entries(section).filter(([key]) => !SHARED.includes(key))),
      },
    ]);
  const fragment = build({ workers: Object.fromEntries(workers) });
  expect(cycles(fragment)).toEqual([]);
  expect(missingIds(fragment, isOwn)).toEqual([]);
});
