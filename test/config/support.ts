import type { Configuration, ServiceContext } from '../../src/config/configuration';
import { parseConfiguration } from '../../src/config/parse';
import { formatProblem } from '../../src/errors/problem';
import { UserError } from '../../src/errors/user-error';
import { listResources } from '../../src/resources/template';

export const CONTEXT: ServiceContext = {
  service: 'tiles',
  stage: 'dev',
  region: 'us-east-1',
  stackName: 'tiles-dev',
  architecture: undefined,
  providerVpc: undefined,
  providerImages: undefined,
  resources: {},
  tags: {},
  environment: {},
  environmentFiles: {},
  logRetention: undefined,
  roles: { permissionsBoundary: undefined, path: undefined, tags: {} },
};

/** The configuration of a section, in a service called `tiles`. */
export function parse(section: unknown, context: Partial<ServiceContext> = {}): Configuration {
  return parseConfiguration(section, { ...CONTEXT, ...context }, listResources);
}

/** The error that a section leads to. Any other error than a user's fails the test with its own stack. */
export function errorOf(section: unknown, context: Partial<ServiceContext> = {}): UserError {
  try {
    parse(section, context);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`no error for ${JSON.stringify(section)}`);
}

/** The errors of a section, as people read them. */
export function messagesOf(section: unknown, context: Partial<ServiceContext> = {}): string[] {
  return errorOf(section, context).problems.map(formatProblem);
}

/** A problem as `formatProblem` prints it, so that a table stays readable. */
export function message(
  head: string,
  { given, allowed, advice }: { given?: string; allowed?: string; advice?: string },
): string {
  return [
    head,
    ...(given === undefined ? [] : [`  given:   ${given}`]),
    ...(allowed === undefined ? [] : [`  allowed: ${allowed}`]),
    ...(advice === undefined ? [] : [`  do:      ${advice}`]),
  ].join('\n');
}
