import { describe, expect, it } from '@jest/globals';
import { build, single, type Properties } from './support';

const containerOf = (section: object): Properties =>
  single({ command: undefined, ...section }).of('taskDefinition').ContainerDefinitions[0] as Properties;

const variablesOf = (section: object): Record<string, unknown> =>
  Object.fromEntries(
    (containerOf(section).Environment as { Name: string; Value: unknown }[]).map(({ Name, Value }) => [
      Name,
      Value,
    ]),
  );

const H = { handler: 'src/render.handler' };

describe('the container of a handler', () => {
  it.each([
    {
      section: H,
      expected: ['--', 'node', '--enable-source-maps', '/opt/watchbot/runtime.js'],
    },
    { section: { ...H, image: '.' }, expected: [] },
    { section: { handler: true, image: { uri: 'app' } }, expected: [] },
    {
      section: { handler: 'app.handler', image: '.', entryPoint: ['python3', '-m', 'awslambdaric'] },
      expected: ['--', 'python3', '-m', 'awslambdaric', 'app.handler'],
    },
    {
      section: { handler: true, image: '.', entryPoint: ['/bootstrap'] },
      expected: ['--', '/bootstrap'],
    },
  ])('runs the watcher with $expected for $section', ({ section, expected }) => {
    const { Command, EntryPoint } = containerOf(section) as { Command: string[]; EntryPoint: string[] };
    expect(Command).toEqual(['handle', ...expected]);
    expect(EntryPoint.at(-1)).toBe('/opt/watchbot/watcher.js');
  });

  it('is told what the watcher and the runtime must know', () => {
    expect(variablesOf(H)).toMatchObject({
      WatchbotQueueArn: { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] },
      WatchbotBatchSize: '1',
      WatchbotBatchWindow: '0',
      WatchbotMaxInvocations: '0',
      WatchbotWorkerMemory: '0',
      _HANDLER: 'src/render.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'tiles-dev-watchbot',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    });
    const queue = { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' };
    const keys = { batchSize: 10, batchWindow: 30, maxInvocations: 100, workerMemory: 300 };
    expect(variablesOf({ ...H, ...keys, queue })).toMatchObject({
      WatchbotQueueArn: queue.arn,
      WatchbotBatchSize: '10',
      WatchbotBatchWindow: '30',
      WatchbotMaxInvocations: '100',
      WatchbotWorkerMemory: '300',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '300',
    });
  });

  it('gives each of several workers its share of the memory', () => {
    expect(variablesOf({ ...H, concurrency: 3 })).toMatchObject({
      WatchbotConcurrency: '3',
      WatchbotWorkerMemory: '0',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '170',
    });
  });

  it('says nothing of a handler where the image does, and nothing at all to a command', () => {
    expect(variablesOf({ handler: true, image: '.' })).not.toHaveProperty('_HANDLER');
    const names = Object.keys(variablesOf({ command: 'true' }));
    expect(names.filter((name) => /^(_HANDLER|AWS_LAMBDA|WatchbotBatch)/.test(name))).toEqual([]);
  });

  it('is called what a function of Lambda could be called', () => {
    const section = { workers: { [`n${'o'.repeat(39)}`]: H } };
    const { Resources } = build(section, { service: 'a-service-with-a-long-name', stage: 'production' });
    const text = JSON.stringify(Resources);
    const [, name] = /"Name":"AWS_LAMBDA_FUNCTION_NAME","Value":"([^"]+)"/.exec(text) ?? [];
    expect(name).toMatch(/^a-service-with-a-long-name-production-no+$/);
    expect(name).toHaveLength(64);
  });

  it('may do no more than one with a command', () => {
    const rolesOf = (section: object) => {
      const { of } = single(section);
      return [of('taskRole'), of('executionRole')];
    };
    expect(rolesOf({ command: undefined, ...H })).toEqual(rolesOf({}));
  });
});
