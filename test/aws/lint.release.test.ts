import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lintTemplates, unused, unwaived, type Finding } from '../helpers/cfn-lint';
import { packagedCorpus } from '../helpers/corpus';
import { describeWithPython } from '../helpers/python';

describeWithPython('cfn-lint', () => {
  let folder: string;
  let findings: Finding[] = [];
  let broken: Finding[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'watchbot-lint-'));
    const corpus = await packagedCorpus();
    const { text } = corpus.find(({ name }) => name === 'minimal')!;
    const file = path.join(folder, 'broken.json');
    writeFileSync(file, breakTemplate(text));
    const all = await lintTemplates([...corpus.map(({ file }) => file), file]);
    findings = all.filter((finding) => finding.file !== file);
    broken = all.filter((finding) => finding.file === file);
  }, 900_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds nothing in what the framework packages', () => {
    expect(unwaived(findings)).toEqual([]);
  });

  it('needs every waiver', () => {
    expect(unused(findings)).toEqual([]);
  });

  it.each([
    ['E3048', 'Resources/WatchbotTask/Properties/Cpu'],
    ['E3002', 'Resources/WatchbotQueue/Properties/NoSuchProperty'],
    ['E3012', 'Resources/WatchbotTask/Properties/ContainerDefinitions/0/StopTimeout'],
    ['E1010', 'Resources/WatchbotQueueSubscription/Properties/Endpoint/Fn::GetAtt/1'],
    ['E3006', 'Resources/WatchbotTopic/Type'],
  ])('would find %s at %s', (rule, at) => {
    expect(unwaived(broken)).toContainEqual(expect.objectContaining({ rule, path: at }));
  });
});

/** Puts one mistake of each kind into a template. */
function breakTemplate(text: string): string {
  const template = JSON.parse(text);
  const { WatchbotTask, WatchbotQueue, WatchbotQueueSubscription, WatchbotTopic } = template.Resources;
  WatchbotTask.Properties.Cpu = '257';
  WatchbotTask.Properties.ContainerDefinitions[0].StopTimeout = 'soon';
  WatchbotQueue.Properties.NoSuchProperty = true;
  WatchbotQueueSubscription.Properties.Endpoint = { 'Fn::GetAtt': ['WatchbotQueue', 'NoSuchAttribute'] };
  WatchbotTopic.Type = 'AWS::SNS::NoSuchType';
  return JSON.stringify(template);
}
