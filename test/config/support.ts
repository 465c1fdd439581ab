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
  tags: {},
};

/** The configuration of a section, in a service called `tiles`. */
export function parse(section: unknown, context: Partial<ServiceContext> = {}): Configuration {
  return parseConfiguration(section, { ...CONTEXT, ...context }, listResources);
}

/** The error that a section leads to. Anything but a user's error fails the test with its own stack. */
export function errorOf(section: unknown, context: Partial<ServiceContext> = {}): UserError {
  try {
    parse(section, context);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`no error for ${JSON.stringify(section)}`);
}

/** What a section leads to, as people read it. */
export function messagesOf(section: unknown, context: Partial<ServiceContext> = {}): string[] {
  return errorOf(section, context).problems.map(formatProblem);
}

/** A problem in the form of `formatProblem`, so that a table stays readable. */
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
