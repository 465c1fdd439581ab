import type { Configuration } from '../config/configuration';
import { isMap } from '../config/maps';
import { policyDocument, type Statement } from './cloudformation';
import type { Template } from './merge';
import { sendStatements } from './references';

interface FunctionGrant {
  functionId: string;
  /** Undefined: a role that is not in the template. */
  roleId: string | undefined;
  statements: Statement[];
}

const POLICY_NAME = 'watchbot';

/**
 * Lets the Lambda functions of the template send to the workers that their environment names, in place.
 * @returns the functions whose role is defined elsewhere, and so has to get its leave there
 */
export function allowFunctionsToSend(template: Template, configuration: Configuration): string[] {
  const grants = grantsOf(template, configuration);
  const roleIds = new Set(grants.flatMap(({ roleId }) => (roleId === undefined ? [] : [roleId])));
  for (const roleId of roleIds) {
    const statements = grants.filter((grant) => grant.roleId === roleId).flatMap((grant) => grant.statements);
    addPolicy(template.Resources[roleId], unique(statements));
  }
  return grants.filter(({ roleId }) => roleId === undefined).map(({ functionId }) => functionId);
}

function grantsOf({ Resources }: Template, configuration: Configuration): FunctionGrant[] {
  const targets = configuration.workers.map((worker) => ({ configuration, worker }));
  return Object.entries(Resources).flatMap(([functionId, resource]) => {
    const { Environment, Role } = functionProperties(resource);
    const statements = sendStatements(Environment, targets);
    return statements.length === 0 ? [] : [{ functionId, roleId: roleIn(Resources, Role), statements }];
  });
}

function functionProperties(resource: unknown): Record<string, unknown> {
  const isFunction = isMap(resource) && resource.Type === 'AWS::Lambda::Function';
  return isFunction && isMap(resource.Properties) ? resource.Properties : {};
}

/** The role that a function names by `Fn::GetAtt`, as the framework writes it, if it is here. */
function roleIn(resources: Template['Resources'], role: unknown): string | undefined {
  const attribute: unknown = isMap(role) ? role['Fn::GetAtt'] : undefined;
  const id: unknown = Array.isArray(attribute) ? attribute[0] : undefined;
  if (typeof id !== 'string') return undefined;
  const resource = resources[id];
  return isMap(resource) && resource.Type === 'AWS::IAM::Role' ? id : undefined;
}

function addPolicy(role: unknown, statements: readonly Statement[]): void {
  const { Properties } = role as { Properties: { Policies?: unknown[] } };
  const policy = { PolicyName: POLICY_NAME, PolicyDocument: policyDocument(statements) };
  Properties.Policies = [...(Properties.Policies ?? []), policy];
}

function unique(statements: readonly Statement[]): Statement[] {
  const byText = new Map(statements.map((statement) => [JSON.stringify(statement), statement]));
  return [...byText.values()];
}
