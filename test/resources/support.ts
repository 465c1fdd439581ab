import type { ServiceContext } from '../../src/config/configuration';
import { logicalId, type WorkerResource } from '../../src/config/logical-ids';
import type { Fragment, Statement } from '../../src/resources/cloudformation';
import { buildTemplate } from '../../src/resources/template';
import { parse } from '../config/support';
import { OWN_RESOURCES } from './sections';

export const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/tiles:1';

/** The part of a template that a section leads to. */
export function build(section: object, context: Partial<ServiceContext> = {}): Fragment {
  const configuration = parse(section, { resources: OWN_RESOURCES, ...context });
  return buildTemplate(
    configuration,
    Object.fromEntries(configuration.workers.map(({ name }) => [name, IMAGE])),
  );
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test looks at a template as it is
export type Properties = Record<string, any>;

/** What the only worker has: its keys but `command` are given. */
export function single(section: object = {}, context: Partial<ServiceContext> = {}) {
  const { Resources, Outputs } = build({ command: 'true', ...section }, context);
  return {
    Resources,
    Outputs,
    // That of a deployment has a hash behind it.
    has: (resource: WorkerResource) =>
      Object.keys(Resources).some(
        (id) => id.replace(/(?<=Deployment)[0-9a-f]+$/, '') === logicalId('watchbot', resource),
      ),
    /** Properties of one of the worker's resources. */
    of: (resource: WorkerResource): Properties =>
      Resources[logicalId('watchbot', resource)]?.Properties as Properties,
  };
}

/** Every statement of a role's own policies. */
export function statementsOf(role: Properties): Statement[] {
  const policies = role.Policies as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export const ownArn = (service: string, resource: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});
