import { ManyWorkersSchema } from '../schema/service';
import { WorkerSchema } from '../schema/worker';
import { inputMap, type Stand } from './input-schema';
import type { JsonSchema } from './json-schema';
import { orVariableType } from './variables';

const TYPES: Stand = { orVariable: orVariableType, intrinsic: () => ({ tsType: 'CloudFormationFunction' }) };

/**
 * What the build makes the types of a `serverless.ts` from, by name: a worker, what workers share, and what stands
 * beside that where there are several.
 */
export function typeSchemas(): Record<string, JsonSchema> {
  const { properties = {}, ...many } = inputMap(ManyWorkersSchema, TYPES);
  const { workers, extensions, ...shared } = properties;
  const named = { type: 'object', additionalProperties: { tsType: 'WatchbotWorker | Variable' } };
  return {
    WatchbotWorker: inputMap(WorkerSchema, TYPES),
    SharedKeys: { ...many, properties: shared, required: [] },
    Workers: {
      ...many,
      properties: {
        ...(extensions && { extensions }),
        workers: orVariableType({ description: workers?.description ?? '', ...named }, 'a map'),
      },
    },
  };
}
