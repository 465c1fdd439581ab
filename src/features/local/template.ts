import { logicalId } from '../../config/logical-ids';
import { CONTAINER_NAME } from '../../config/names';

/** A compiled template, as the framework wrote it. */
export interface CompiledTemplate {
  Resources: Record<string, TemplateResource | undefined>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** The container in which ECS would run the watcher. */
export interface ContainerDefinition {
  Name: string;
  Command: string[];
  Environment: { Name: string; Value: unknown }[];
  Secrets?: { Name: string }[];
}

/** The worker's container, from its task definition. */
export function containerOf({ Resources }: CompiledTemplate, worker: string): ContainerDefinition {
  const definitions = Resources[logicalId(worker, 'taskDefinition')]?.Properties?.ContainerDefinitions;
  const container = (definitions as ContainerDefinition[] | undefined)?.find(
    ({ Name }) => Name === CONTAINER_NAME,
  );
  if (container === undefined) throw new Error(`no container for worker "${worker}": this should not happen`);
  return container;
}

/** Resources of one type, with their logical ids. */
export function resourcesOf(
  { Resources }: CompiledTemplate,
  type: string,
): [string, Record<string, unknown>][] {
  return Object.entries(Resources).flatMap(([id, resource]) =>
    resource?.Type === type ? [[id, resource.Properties ?? {}] as [string, Record<string, unknown>]] : [],
  );
}
