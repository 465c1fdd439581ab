import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import {
  copyService,
  endFrameworks,
  FRAMEWORK_NAMES,
  removeServices,
  ROOT,
  runFramework,
  startFramework,
  type FrameworkRun,
} from '../../helpers/framework';
import { freePort } from '../../helpers/free-port';
import { childrenOf, descendantsOf, isRunning, whenEnded } from '../../helpers/processes';

afterEach(endFrameworks);
afterAll(removeServices);

const CLIENT = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** `local`, up and waiting. */
async function startLocal(service: string, args: string[] = [], framework = FRAMEWORK_NAMES[0]!) {
  const folder = copyService(service);
  const port = await freePort();
  const local = startFramework(framework, ['watchbot', 'local', '--port', port, ...args], { folder });
  await local.find('Ctrl-C stops.');
  const send = (words: string[], input?: string) =>
    runFramework(framework, ['watchbot', 'send', ...words, '--local', '--port', port], {
      folder,
      ...(input === undefined ? {} : { input }),
    });
  return { local, port, folder, send };
}

/** It does to a template what serverless-plugin-split-stacks does: a type to a nested stack, with parameters and outputs. */
const SPLITTING_PLUGIN = `
const fs = require('node:fs');
const path = require('node:path');
module.exports = class {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const root = serverless.service.provider.compiledCloudFormationTemplate;
        const split = (name, types, swap) => {
          const nested = { Parameters: {}, Resources: {}, Outputs: {} };
          const Parameters = {};
          for (const [id, resource] of Object.entries(root.Resources)) {
            if (!types.includes(resource.Type)) continue;
            nested.Resources[id] = resource;
            delete root.Resources[id];
          }
          swap(nested, Parameters);
          const file = 'cloudformation-template-' + name + '-nested-stack.json';
          fs.writeFileSync(path.join(serverless.serviceDir, '.serverless', file), JSON.stringify(nested));
          root.Resources[name + 'NestedStack'] = {
            Type: 'AWS::CloudFormation::Stack',
            Properties: { Parameters, TemplateURL: { 'Fn::Join': ['/', ['https://s3.amazonaws.com', 'bucket', file]] } },
          };
        };
        split('Messages', ['AWS::SNS::Subscription'], ({ Parameters, Resources }, given) => {
          Parameters.TopicParameter = { Type: 'String' };
          Parameters.QueueParameter = { Type: 'String' };
          given.TopicParameter = { Ref: 'WatchbotTopic' };
          given.QueueParameter = { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] };
          Object.assign(Object.values(Resources)[0].Properties, {
            TopicArn: { Ref: 'TopicParameter' },
            Endpoint: { Ref: 'QueueParameter' },
          });
        });
        split('Tasks', ['AWS::ECS::TaskDefinition'], () => undefined);
      },
    };
  }
};
`;

async function interrupt({ process, ended }: FrameworkRun) {
  process.kill('SIGINT');
  return ended;
}

describe.each(FRAMEWORK_NAMES)('%s watchbot local', (framework) => {
  it('--messages sends each line, says what became of it, and ends', async () => {
    const folder = copyService('fates');
    const args = ['watchbot', 'local', '--messages', 'messages.txt'];
    const { code, output } = await startFramework(framework, args, { folder }).ended;

    expect(output).toContain('4 messages: 2 done, 1 rejected, 1 dead-lettered');
    expect(output).toMatch(/│ ok +│ done +│ exit code 0 +│/);
    expect(output).toMatch(/│ reject +│ rejected +│ exit code 3: rejected +│/);
    expect(output).toMatch(/│ fail +│ dead-lettered +│ exit code 1 → exit code 1 +│/);
    expect(output).toMatch(/│ twice +│ done +│ exit code 1 → exit code 0 +│/);
    expect(output).toContain('hello, message ok');
    expect(code).toBe(0);
  });

  it('stays up, takes messages, tells its workers on Ctrl-C, and frees the port', async () => {
    const { local, port, send } = await startLocal('fates', [], framework);
    expect(local.all.join('\n')).toMatch(
      new RegExp(
        `^  (npx )?(sls|osls|serverless) watchbot send '\\{"hello":"world"\\}' --local --port ${port}$`,
        'm',
      ),
    );

    const sent = await send(['wait']);
    expect(sent.code).toBe(0);
    expect(sent.output).toMatch(
      /^Sent [0-9a-f-]{36} to the topic of watchbot \(http:\/\/127\.0\.0\.1:\d+\)$/m,
    );
    await local.find(/\[worker\].*waiting/);

    const { code } = await interrupt(local);
    expect(local.count(/\[worker\].*told/)).toBe(1);
    expect(local.count(/\[released\]/)).toBe(1);
    expect(code).toBe(0);

    const server = createServer().listen(Number(port), '127.0.0.1');
    await once(server, 'listening');
    server.close();
  });
});

describe('local', () => {
  it('runs the demonstration of the README', async () => {
    const messages = 'example-service/messages.jsonl';
    const { code, output } = await startFramework('osls', ['watchbot', 'local', '--messages', messages], {
      folder: ROOT,
      environment: { HOME: process.env.HOME ?? '/' },
    }).ended;
    expect(output).toContain('8 messages: 6 done, 1 rejected, 1 dead-lettered');
    expect(output).toMatch(/tile 0\/0\/0: [\d.]+ % land/);
    expect(code).toBe(0);
  });

  it('runs the watcher in the folder of a service with ECMAScript modules', async () => {
    const folder = copyService('fates');
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(folder, 'one.txt'), 'ok\n');
    const { code, output } = await runFramework('osls', ['watchbot', 'local', '--messages', 'one.txt'], {
      folder,
    });
    expect([code, output]).toEqual([0, expect.stringContaining('1 message: 1 done')]);
  });

  it('says which variables it cannot know here, and takes them from the shell', async () => {
    const folder = copyService('fates');
    // One that is done at once.
    writeFileSync(path.join(folder, 'one.txt'), 'ok\n');
    const args = ['watchbot', 'local', '--messages', 'one.txt'];
    const without = await runFramework('osls', args, { folder });
    expect(without.output).toContain(
      'watchbot: TABLE is not set: Fn::ImportValue cannot be worked out on this machine',
    );
    expect(without.output).toContain('watchbot: KEY is not set: a secret is not read on this machine');
    const given = await runFramework('osls', args, { folder, environment: { TABLE: 'table', KEY: 'key' } });
    expect(given.output).not.toContain('is not set');
  });

  it('keeps the order of a FIFO queue, and asks for a group', async () => {
    const { local, send } = await startLocal('fifo');
    expect((await send(['one'])).output).toContain('WATCHBOT_SEND at --group');
    for (const word of ['one', 'two']) await send([word, '--group', 'north']);
    await local.find('working on two in north');
    const lines = local.all.filter((line) => line.includes('working on') && line.includes('[worker]'));
    expect(lines.map((line) => line.replace(/.*working on/, ''))).toEqual([' one in north', ' two in north']);
    await interrupt(local);
  });

  it('runs several workers, each line with its worker', async () => {
    const { local, send } = await startLocal('two-workers');
    expect((await send(['x'])).output).toContain('allowed: render, join-tiles');
    await send(['x', '--worker', 'render']);
    await send(['y', '--worker', 'join-tiles', '--group', 'g']);
    await local.find(/^render \| .*render: x/);
    await local.find(/^join-tiles \| .*join: y/);
    await interrupt(local);
  });

  it('has stand-ins for queues and topics that exist in AWS', async () => {
    const { local, port, send } = await startLocal('stand-ins');
    const sqs = new SQSClient({
      ...CLIENT,
      endpoint: `http://127.0.0.1:${port}`,
      useQueueUrlAsEndpoint: false,
    });
    const sns = new SNSClient({ ...CLIENT, endpoint: `http://127.0.0.1:${port}` });
    const here = 'arn:aws:sns:us-east-1:000000000000:';
    await send(['x', '--worker', 'existing']);
    await local.find(`existing got x from jobs by ${here}all-jobs`);
    await sns.send(new PublishCommand({ TopicArn: `${here}all-jobs`, Message: 'w' }));
    await local.find('existing got w from jobs');
    await send(['y', '--worker', 'imported']);
    await local.find(`imported got y from stand-ins-dev-ImportedQueue by ${here}stand-ins-dev-ImportedTopic`);

    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:news';
    await sns.send(new PublishCommand({ TopicArn, Message: 'z' }));
    await local.find('subscribed got z and fails');
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'dead' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(Messages?.[0]?.Body).toContain('"Message":"z"');

    expect(local.all.filter((line) => line.includes('is not set'))).toEqual([]);
    await interrupt(local);
    sqs.destroy();
    sns.destroy();
  });

  it('takes a message from standard input, and answers in JSON', async () => {
    const { local, send } = await startLocal('fates');
    const { output } = await send(['--json'], 'from standard input');
    expect(JSON.parse(output)).toEqual({ worker: 'watchbot', messageId: expect.any(String), to: 'topic' });
    await local.find('hello, message from standard input');
    await interrupt(local);
  });

  it('keeps what a worker writes out of the temporary folder of the machine', async () => {
    const { local, send } = await startLocal('fates');
    await send(['write']);
    await local.find('[success]');
    expect(await local.find('[worker]')).not.toMatch(/in \/tmp$/);
    expect(await local.find(/in .*watchbot-local-/)).toBeTruthy();
    await interrupt(local);
  });

  it('--messages says at Ctrl-C what is open, and exits as interrupted', async () => {
    const folder = copyService('fates');
    writeFileSync(path.join(folder, 'waiting.txt'), 'ok\nwait\n');
    const local = startFramework('osls', ['watchbot', 'local', '--messages', 'waiting.txt'], { folder });
    await local.find(/\[worker\].*waiting/);
    await local.find('[success]');
    const { code, output } = await interrupt(local);
    expect(output).toContain('2 messages: 1 done, 1 open');
    expect(code).toBe(130);
  });

  it('kills a worker that does not listen at the second Ctrl-C', async () => {
    const { local, send } = await startLocal('fates');
    await send(['stubborn']);
    await local.find(/\[worker\].*waiting/);
    local.process.kill('SIGINT');
    await local.find(/\[worker\].*told/);
    local.process.kill('SIGINT');
    expect(await local.ended).toMatchObject({ code: 0 });
    expect(local.count(/killing the workers/)).toBe(1);
  });

  it('leaves nothing behind when it is killed', async () => {
    const { local, send } = await startLocal('fates');
    await send(['wait']);
    const line = await local.find(/\[worker\].*waiting/);
    const watchers = childrenOf(local.process.pid!);
    const workers = watchers.flatMap(descendantsOf);
    expect([watchers.length, workers.length > 0, line.length > 0]).toEqual([1, true, true]);

    local.process.kill('SIGKILL');

    for (const pid of [...watchers, ...workers]) await whenEnded(pid, 20_000);
    expect(watchers.some(isRunning)).toBe(false);
  });

  it.each([
    { args: ['local', '--port', '99999'], message: 'WATCHBOT_ARGUMENTS at --port\n  given:   99999' },
    { args: ['local', '--messages', 'none.txt'], message: 'none.txt: there is no such file' },
    { args: ['local', '--messages='], message: 'WATCHBOT_ARGUMENTS at --messages' },
    { args: ['local', '--worker', 'watchbott'], message: 'did you mean "watchbot"?' },
    { args: ['local', '--messages', 'messages.txt', '--timeout', '1'], message: 'WATCHBOT_LOCAL_UNSETTLED' },
    { args: ['send', 'a', 'b', '--local'], message: 'given:   2 words' },
    {
      args: ['send', 'a', '--local', '--port', '1'],
      message: 'WATCHBOT_LOCAL_NOT_RUNNING at http://127.0.0.1:1',
    },
  ])('$args says what is wrong', async ({ args, message }) => {
    const { code, output } = await runFramework('osls', ['watchbot', ...args], {
      folder: copyService('fates'),
    });
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  });

  it('reads what another plugin has split off into nested templates', async () => {
    const folder = copyService('fates');
    writeFileSync(path.join(folder, 'one.txt'), 'ok\n');
    const serverlessFile = path.join(folder, 'serverless.yml');
    const text = readFileSync(serverlessFile, 'utf8');
    writeFileSync(serverlessFile, text.replace('[serverless-watchbot]', '[serverless-watchbot, ./split.js]'));
    writeFileSync(path.join(folder, 'split.js'), SPLITTING_PLUGIN);
    const args = ['watchbot', 'local', '--messages', 'one.txt', '--timeout', '20'];
    const { code, output } = await runFramework('osls', args, { folder });
    expect(output).toContain('1 message: 1 done');
    expect(code).toBe(0);
  });

  it('needs a watchbot section', async () => {
    const { code, output } = await runFramework('osls', ['watchbot', 'local'], {
      folder: copyService('without-section'),
    });
    expect(code).toBe(1);
    expect(output).toContain('WATCHBOT_NO_SECTION at serverless.yml');
  });

  it('says which port is taken, before it packages', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as { port: number }).port);
    const folder = copyService('fates');
    const { code, output } = await runFramework('osls', ['watchbot', 'local', '--port', port], { folder });
    server.close();
    expect(code).toBe(1);
    expect(output).toContain(`WATCHBOT_PORT_IN_USE at --port\n  given:   ${port}`);
    expect(existsSync(path.join(folder, '.serverless'))).toBe(false);
  });
});
