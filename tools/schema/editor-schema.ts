import { SHARED_KEYS, WORKER_KEYS } from '../../src/config/schema/compiled';
import { patternOf } from '../../src/config/units';
import { ManyWorkersSchema, SingleWorkerSchema } from '../../src/config/schema/service';
import { WorkerSchema } from '../../src/config/schema/worker';
import { inputMap, inputSchema, orVariableText, type JsonSchema, type Stand } from './input-schema';

const EDITOR: Stand = {
  quantity: (unit) => ({ type: 'string', pattern: patternOf(unit) }),
  orVariable: orVariableText,
  intrinsic: (schema) => schema,
};

/** What a worker has one of: a rule of the plugin's, which its own schema leaves to its own words. */
const WORK: readonly JsonSchema[] = [{ required: ['command'] }, { required: ['handler'] }];

/** Those that mean the same in a worker that stands alone and in one of several. */
const OWN_KEYS = WORKER_KEYS.filter((key) => key !== 'extensions');

/**
 * A whole `serverless.yml` for an editor: the `watchbot` section is checked, completed and explained, and everything
 * else is left to the framework. Draft 7 is what the editors' language servers know best.
 */
export function editorSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { watchbot: sectionSchema() },
    additionalProperties: true,
    definitions: { worker: { ...inputSchema(WorkerSchema, EDITOR), anyOf: WORK } },
  };
}

/**
 * One map for the two forms, so that an editor that knows of neither yet completes the keys of both.
 */
function sectionSchema(): JsonSchema {
  const single = inputMap(SingleWorkerSchema, EDITOR);
  const many = inputMap(ManyWorkersSchema, EDITOR);
  const { workers } = many.properties as { workers: JsonSchema };
  const keys = ['enabled', ...SHARED_KEYS, 'extensions', 'workers'];
  const section = {
    ...single,
    description:
      'Workers in ECS behind queues: one worker, whose keys stand directly here, or `workers` with a map of them.',
    properties: {
      ...single.properties,
      ...Object.fromEntries(OWN_KEYS.map((key) => [key, { $ref: `#/definitions/worker/properties/${key}` }])),
      workers: { ...workers, additionalProperties: { $ref: '#/definitions/worker' } },
    },
    if: { required: ['workers'] },
    then: { propertyNames: { enum: keys } },
    else: { anyOf: WORK },
  };
  return orVariableText(section, 'a map of keys');
}
