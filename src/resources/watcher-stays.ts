import type { Configuration } from '../config/configuration';
import { logicalId } from '../config/logical-ids';
import { CONTAINER_NAME } from '../config/names';
import { ENTRY_POINT, HANDLE_COMMAND, LISTEN_COMMAND } from '../contract/image';
import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import { isMap } from '../shared/json';
import { NESTED_STACK } from '../shared/nested-stack';
import type { Template } from './merge';

/** What the service's own `resources.extensions` has for a resource: the framework replaces whole properties by these. */
export type OwnExtensions = Readonly<Record<string, unknown>>;

/**
 * Whoever changed a worker's task definition, its container must still start the watcher.
 * @param extensions what the framework has yet to put over the template
 * @throws {UserError} `WATCHBOT_WATCHER_LOST` with all workers whose tasks would take no messages
 */
export function requireWatchers(
  { Resources: resources }: Template,
  { workers }: Pick<Configuration, 'workers'>,
  extensions: OwnExtensions = {},
): void {
  const problems = workers.flatMap(({ name }): Problem[] => {
    const id = logicalId(name, 'taskDefinition');
    const given = whatIsLost(resources, id, extensions);
    return given === undefined ? [] : [problemOf(name, id, given)];
  });
  if (problems.length === 0) return;
  const title = 'Tasks would start without the watcher:';
  throw UserError.ofMany('WATCHBOT_WATCHER_LOST', title, problems);
}

function problemOf(worker: string, id: string, given: string): Problem {
  return {
    code: 'WATCHBOT_WATCHER_LOST',
    place: `Resources.${id}.Properties.ContainerDefinitions`,
    given,
    allowed: `a list with the container \`${CONTAINER_NAME}\`, whose EntryPoint and Command are the watcher's`,
    advice: `put containers under \`extensions.taskDefinition.ContainerDefinitions\` of worker ${worker}, which merges them by \`Name\`; \`resources.extensions\` and other plugins replace the list`,
  };
}

/** Undefined if the watcher is there, or in a template that the service's stack nests. */
function whatIsLost(
  resources: Template['Resources'],
  id: string,
  extensions: OwnExtensions,
): string | undefined {
  const resource = resources[id];
  if (resource === undefined) return isNesting(resources) ? undefined : 'no task definition';
  const { ContainerDefinitions: containers } = { ...propertiesOf(resource), ...propertiesOf(extensions[id]) };
  if (!Array.isArray(containers)) return 'no list of containers';
  const watcher = containers.filter(isMap).find(({ Name }) => Name === CONTAINER_NAME);
  if (watcher === undefined) return `no container \`${CONTAINER_NAME}\``;
  const { EntryPoint, Command } = watcher;
  if (JSON.stringify(EntryPoint) !== JSON.stringify(ENTRY_POINT))
    return `another EntryPoint of \`${CONTAINER_NAME}\``;
  const [word] = Array.isArray(Command) ? (Command as unknown[]) : [];
  return word === LISTEN_COMMAND || word === HANDLE_COMMAND
    ? undefined
    : `another Command of \`${CONTAINER_NAME}\``;
}

const isNesting = (resources: Template['Resources']): boolean =>
  Object.values(resources).some((body) => isMap(body) && body.Type === NESTED_STACK);

function propertiesOf(resource: unknown): Record<string, unknown> {
  return isMap(resource) && isMap(resource.Properties) ? resource.Properties : {};
}
