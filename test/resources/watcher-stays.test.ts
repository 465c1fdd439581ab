import { describe, expect, it } from '@jest/globals';
import type { Template } from '../../src/resources/merge';
import { requireWatchers } from '../../src/resources/watcher-stays';
import { parse } from '../config/support';
import { build } from './support';

const WORKERS = { workers: { a: { command: 'true' }, b: { handler: 'b.handler' } } };
const configuration = parse(WORKERS);
const template = () => structuredClone(build(WORKERS)) as unknown as Template;

/** Changes the properties of a task definition, as another plugin or the framework would. */
function changed(
  change: (task: { ContainerDefinitions: unknown }, resources: Template['Resources']) => void,
) {
  const whole = template();
  const { Properties } = whole.Resources.ATask as { Properties: { ContainerDefinitions: unknown } };
  change(Properties, whole.Resources);
  return () => void requireWatchers(whole, configuration);
}

const xray = { Name: 'xray', Image: 'xray' };

describe('a package whose tasks lack the watcher is refused', () => {
  it.each([
    ['other containers', [xray], 'no container `watchbot`'],
    ['no containers', [], 'no container `watchbot`'],
    ['a function', { 'Fn::If': ['A', [], []] }, 'no list of containers'],
    ['a container of its name alone', [{ Name: 'watchbot' }], 'another EntryPoint of `watchbot`'],
  ])('%s', (_what, containers, given) => {
    const refused = changed((task) => (task.ContainerDefinitions = containers));
    expect(refused).toThrow(`WATCHBOT_WATCHER_LOST at Resources.ATask.Properties.ContainerDefinitions`);
    expect(refused).toThrow(`given:   ${given}`);
    // It says which worker, and that another way keeps the watcher.
    expect(refused).toThrow(/`extensions\.taskDefinition\.ContainerDefinitions` of worker a/);
  });

  it('another command', () => {
    expect(
      changed(({ ContainerDefinitions }) => {
        (ContainerDefinitions as { Command: string[] }[])[0]!.Command = ['./render'];
      }),
    ).toThrow('another Command of `watchbot`');
  });

  it('none at all', () => {
    expect(changed((_task, resources) => delete resources.ATask)).toThrow('no task definition');
  });

  it('by what the framework has yet to put over it', () => {
    const over = { ATask: { Properties: { ContainerDefinitions: [xray] } } };
    expect(() => requireWatchers(template(), configuration, over)).toThrow('no container `watchbot`');
    expect(() =>
      requireWatchers(template(), configuration, { ATask: { Properties: { Family: 'x' } } }),
    ).not.toThrow();
  });
});

describe('a package is taken', () => {
  it('as the plugin makes it', () => {
    expect(() => requireWatchers(template(), configuration)).not.toThrow();
  });

  it('with containers beside the watcher', () => {
    expect(
      changed((task) => (task.ContainerDefinitions = [xray, ...(task.ContainerDefinitions as [])])),
    ).not.toThrow();
  });

  it('if a nested stack may have the task definition', () => {
    expect(
      changed((_task, resources) => {
        delete resources.ATask;
        resources.Nested = { Type: 'AWS::CloudFormation::Stack' };
      }),
    ).not.toThrow();
  });
});
