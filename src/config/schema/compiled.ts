import Ajv, { type ValidateFunction } from 'ajv';
import { ManyWorkersSchema, sharedProperties, SingleWorkerSchema } from './service';
import { workerProperties } from './worker';

/**
 * The schema as functions that check a section. In the build, code in the place of this module exports the same
 * (`bundleSchema` in `tools/bundles.mjs`): a command then neither loads Ajv and TypeBox nor compiles anything.
 */

export const ajv = new Ajv({
  schemas: { single: SingleWorkerSchema, many: ManyWorkersSchema },
  allErrors: true,
  // Gives an error its schema and the value.
  verbose: true,
  useDefaults: true,
  // Lets the schema carry keywords of its own.
  strict: false,
  // YAML's `.nan` and `.inf` are no numbers that a template can have.
  strictNumbers: true,
  // The plugin words errors itself.
  messages: false,
  // For the build.
  code: { source: true },
});

export const validateSingleWorker: ValidateFunction = ajv.getSchema('single')!;
export const validateManyWorkers: ValidateFunction = ajv.getSchema('many')!;

/** Keys that the workers of a stack share. */
export const SHARED_KEYS: readonly string[] = Object.keys(sharedProperties);
export const WORKER_KEYS: readonly string[] = Object.keys(workerProperties);
