import type { VariableSource } from './framework';

/**
 * `${watchbot:WORKER.NAME}`: what the rest of serverless.yml is told of a worker, as a CloudFormation function.
 * Only the few keys that it depends on are asked for, so that the worker's other keys may hold variables themselves.
 */
export function watchbotVariables(section: () => unknown): VariableSource {
  return {
    resolve: async ({ address, resolveConfigurationProperty }) => {
      const { resolveVariable } = await import('./resolve-variable.js');
      return { value: await resolveVariable(address ?? '', section(), resolveConfigurationProperty) };
    },
  };
}
