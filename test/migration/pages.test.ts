import * as autoScaling from '@aws-sdk/client-application-auto-scaling';
import * as ecs from '@aws-sdk/client-ecs';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { awsCommand, pascal, readPage, section, shellLines } from './page';

const WATCHBOT = readPage('migrate-from-watchbot.md');
const COPILOT = readPage('migrate-from-copilot.md');
const LAMBDA = readPage('migrate-from-lambda.md');

const awsLines = (page: string) => shellLines(page).filter((line) => line.startsWith('aws '));

/** Texts of the blocks of a language. */
const blocks = (page: string, language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!);

/** Names of all keys, at any depth. */
const keysOf = (yaml: string) =>
  [...new Set([...yaml.matchAll(/^[ -]*([\w]+):/gm)].map(([, key]) => key!))].sort();

describe('commands of the AWS CLI', () => {
  const clients: Record<string, object> = { sqs, sns, ecs, 'application-autoscaling': autoScaling };

  it.each(awsLines(WATCHBOT))('%s: exists in AWS', (line) => {
    const { service, operation } = awsCommand(line, {});
    expect(clients[service]).toHaveProperty(`${pascal(operation)}Command`);
  });

  it('that move the queue of Copilot are those that the test of Watchbot runs', () => {
    const lines = awsLines(COPILOT);
    expect(lines).toEqual(awsLines(section(WATCHBOT, 'A new queue beside the old one')));
    expect(lines).toHaveLength(4);
  });
});

describe('the page of Copilot', () => {
  it('says what replaces every key of its example', () => {
    const [, manifest = ''] = /```yaml\n(name: cost-analyzer[^]*?)```/.exec(COPILOT)!;
    const table = section(COPILOT, 'The keys of the manifest', 2);
    // These are names that the example chooses, and words of SNS and Secrets Manager.
    const own = ['CURRENCY', 'DATABASE', 'event', 'secretsmanager', 'min', 'max'];
    const keys = keysOf(manifest).filter((key) => !own.includes(key));
    expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(table))).toEqual([]);
  });
});

describe('the page of Lambda', () => {
  const [before = '', after = ''] = blocks(LAMBDA, 'yaml');

  it('says what replaces every key of the function and its event', () => {
    const [, functions = ''] = /^functions:\n([^]*?)^resources:/m.exec(before)!;
    const own = ['render', 'TILES', 'events', 'sqs', 'arn'];
    const keys = keysOf(functions).filter((key) => !own.includes(key));
    const table = section(LAMBDA, 'The keys of the function', 2);
    expect(keys.length).toBeGreaterThan(6);
    expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(table))).toEqual([]);
  });

  it('does not change handler and queue', () => {
    const resources = (yaml: string) => yaml.slice(yaml.indexOf('\nresources:'));
    expect(resources(after)).toBe(resources(before));
    expect(after).toContain('\n  handler: src/render.handler\n');
  });

  it('has correct sums', () => {
    const [, gbSecond, vcpu, gb] = /With ([\d.]+) USD for a GB-second, ([\d.]+) for a vCPU and ([\d.]+)/
      .exec(LAMBDA)!
      .map(Number);
    const rows = [
      ...LAMBDA.matchAll(
        /^\| ([\d.]+) GB(, two at once)?.*?\| ([\d.]+) vCPU, ([\d.]+) GB +\| ([\d.]+) +\| ([\d.]+) +\| (\d+) %/gm,
      ),
    ];
    expect(rows).toHaveLength(3);
    for (const [, size, twice, cpus, memory, ofFunction, ofTask, share] of rows) {
      const work = Number(size) * gbSecond! * 3600 * (twice === undefined ? 1 : 2);
      const task = Number(cpus) * vcpu! + Number(memory) * gb!;
      expect([work.toFixed(4), task.toFixed(4)]).toEqual([ofFunction, ofTask]);
      expect(((100 * task) / work).toFixed(0)).toBe(share);
    }
  });
});
