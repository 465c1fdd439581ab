import type { Configuration } from '../config/configuration';
import type { Serverless, Utils } from './framework';

/** What a moment of the framework hands on. */
export interface CommandParts {
  serverless: Serverless;
  options: Readonly<Record<string, unknown>>;
  utils: Utils;
  configuration: Configuration;
}
