import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { expect, it } from '@jest/globals';
import type { HookContext } from '../../src/plugin/framework';
import { showInfo } from '../../src/plugin/show-info';
import { parse } from '../config/support';

it('shows a worker anew at the second `info` of a process', async () => {
  const servicePluginOutputs = new Map<string, unknown>();
  const serverless = {
    servicePluginOutputs,
    // As all frameworks have it.
    addServiceOutputSection: (name: string, lines: unknown) => {
      if (servicePluginOutputs.has(name)) throw new Error(`addServiceOutputSection: ${name} was already set`);
      servicePluginOutputs.set(name, lines);
    },
  };
  let made = 0;
  const send = ({ constructor: { name } }: { constructor: { name: string } }) => {
    made += 1;
    const resource = { LogicalResourceId: 'WatchbotQueue', PhysicalResourceId: `url ${made}` };
    return Promise.resolve(
      name === 'DescribeStacksCommand' ? { Stacks: [{}] } : { StackResourceSummaries: [resource] },
    );
  };
  const client = Object.assign(Object.create(CloudFormationClient.prototype) as CloudFormationClient, {
    send,
  });
  const clients = { cloudFormation: () => Promise.resolve(client) };
  const context = { serverless, clients, configuration: parse({ command: 'x' }) } as unknown as HookContext;
  await showInfo(context);
  await showInfo(context);
  expect([...servicePluginOutputs]).toEqual([['worker watchbot', ['queue: url 4']]]);
});
