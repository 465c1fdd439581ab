import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildTemplate } from '../../src/resources/template';
import { isMap, mapValues } from '../../src/shared/json';
import { parse } from '../config/support';
import { lintTemplates, unwaived } from '../helpers/cfn-lint';
import type { PackagedTemplate } from '../helpers/framework';
import { describeWithPython } from '../helpers/python';
import { forbiddenCalls } from './iam/forbidden';
import { neededCalls } from './iam/needed';
import { inWords, Stack } from './iam/stack';
import { ACCOUNT_ID, arn, REGION } from './types/type';

/*
 * A service in which the values of one worker are given by `Ref`, those of the next one by `Fn::Sub`, and so on, before the
 * judges of a template.
 */

const VALUES: Record<string, string> = {
  Key: arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab'),
  Secret: arn('secretsmanager', 'secret:prod/db'),
  Parameter: '/tiles/key',
  Bus: 'maps',
  Objects: 'arn:aws:s3:::tiles/*',
};

/** A function that gives one of the values. */
type Form = (id: string) => object;

const FORMS: Record<string, Form> = {
  ref: (id) => ({ Ref: id }),
  sub: (id) => ({ 'Fn::Sub': `\${${id}}` }),
  'sub-of-parts': (id) =>
    VALUES[id]!.includes(REGION) ? { 'Fn::Sub': inParts(VALUES[id]!) } : { 'Fn::Sub': `\${${id}}` },
  // Of an empty separator cfn-lint says that `Fn::Sub` is preferred.
  join: (id) => ({ 'Fn::Join': ['|', [{ Ref: id }]] }),
  if: (id) => ({ 'Fn::If': ['IsProduction', { Ref: id }, { 'Fn::Sub': `\${${id}}` }] }),
  select: (id) => ({ 'Fn::Select': [0, { 'Fn::Split': ['|', { Ref: id }] }] }),
  map: (id) => ({ 'Fn::FindInMap': ['Values', id, 'value'] }),
};

const inParts = (text: string) =>
  text
    .replace('arn:aws:', 'arn:${AWS::Partition}:')
    .replace(REGION, '${AWS::Region}')
    .replace(ACCOUNT_ID, '${AWS::AccountId}');

const workerWith = (form: Form) => ({
  command: 'true',
  queue: { encryption: form('Key') },
  secrets: { KEY: { ssm: form('Parameter') }, PASSWORD: { secretsManager: form('Secret') } },
  permissions: [{ Action: 's3:GetObject', Resource: form('Objects') }],
  events: [
    { schedule: 'rate(1 day)' },
    { eventBridge: { pattern: { source: ['tiles'] }, eventBus: form('Bus') } },
  ],
  sender: true,
});

function templateOf(forms: Record<string, Form>) {
  const configuration = parse({ workers: mapValues(forms, workerWith) }, { region: REGION });
  const images = Object.fromEntries(
    Object.keys(forms).map((name) => [
      name,
      `${ACCOUNT_ID}.dkr.ecr.${REGION}.amazonaws.com/tiles-dev/${name}:1`,
    ]),
  );
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: mapValues(VALUES, (Default) => ({ Type: 'String', Default })),
    Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, REGION] } },
    Mappings: { Values: mapValues(VALUES, (value) => ({ value })) },
    ...buildTemplate(configuration, images),
  };
}

/** With what conditions and mappings give, which the simulator does not work out. */
function chosen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(chosen);
  if (!isMap(value)) return value;
  if ('Fn::If' in value) return chosen((value['Fn::If'] as unknown[])[1]);
  if ('Fn::FindInMap' in value) return VALUES[(value['Fn::FindInMap'] as string[])[1]!];
  return mapValues(value, chosen);
}

describeWithPython('cfn-lint, of values that functions give', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'watchbot-functions-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const findingsIn = async (template: object) => {
    const file = path.join(folder, 'template.json');
    writeFileSync(file, JSON.stringify(template));
    return unwaived(await lintTemplates([file]));
  };

  it('finds nothing', async () => {
    expect(await findingsIn(templateOf(FORMS))).toEqual([]);
  }, 120_000);

  it('would find a function that is none', async () => {
    const wrong = templateOf({ ref: (id) => ({ 'Fn::Select': ['first', { Ref: id }] }) });
    expect(await findingsIn(wrong)).not.toEqual([]);
  }, 120_000);
});

describe('a stack whose values functions give', () => {
  const stackOf = (form: string) =>
    new Stack(
      chosen(templateOf({ [form]: FORMS[form]! })) as Pick<PackagedTemplate, 'Parameters' | 'Resources'>,
    );

  it.each(Object.keys(FORMS))('may make every call that it needs: by %s', async (form) => {
    const stack = stackOf(form);
    const refused: string[] = [];
    for (const call of neededCalls(stack)) if (!(await stack.allows(call))) refused.push(inWords(call));
    expect(refused).toEqual([]);
  });

  it.each(Object.keys(FORMS))('may make no call that it must not make: by %s', async (form) => {
    const stack = stackOf(form);
    const allowed: string[] = [];
    for (const call of forbiddenCalls(stack)) if (await stack.allows(call)) allowed.push(inWords(call));
    expect(allowed).toEqual([]);
  });
});
