import Ajv from 'ajv';
import { ManyWorkersSchema, sharedProperties, SingleWorkerSchema } from './service';
import { workerProperties } from './worker';

/**
 * The schema as code that checks a section. When the plugin is built, `tools/schema.mjs` puts in the place of this module
 * what it exports, as plain functions: a command then neither loads the schema's packages nor compiles anything.
 */

export const ajv = new Ajv({
  allErrors: true,
  // Gives an error its schema and the value.
  verbose: true,
  useDefaults: true,
  // Lets the schema carry keywords of its own.
  strict: false,
  // YAML's `.nan` and `.inf` are no numbers that a template can have.
  strictNumbers: true,
  // For the build.
  code: { source: true },
});

export const validateSingleWorker = ajv.compile(SingleWorkerSchema);
export const validateManyWorkers = ajv.compile(ManyWorkersSchema);

/** Keys that the workers of a stack share. */
export const SHARED_KEYS: readonly string[] = Object.keys(sharedProperties);
export const WORKER_KEYS: readonly string[] = Object.keys(workerProperties);
