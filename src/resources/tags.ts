import type { Configuration } from '../config/configuration';
import { familyName, WORKER_TAG_KEY } from '../config/names';
import { isMap } from '../shared/json';
import type { TemplateResource } from './cloudformation';
import { TAGS, type ResourceType } from './resource-types';
import type { ConfiguredWorker } from './subject';

/** Puts the provider's tags on a resource, if its type takes tags. A task gets those of its service. */
export function tagged<T extends TemplateResource>(body: T, { context: { tags } }: Configuration): T {
  if (Object.keys(tags).length === 0) return body;
  const form = TAGS[body.Type as ResourceType];
  if (form === 'none') return body;
  if (form === 'map') return { ...body, Properties: { ...body.Properties, Tags: tags } };
  const own = (body.Properties?.Tags ?? []) as { Key: string }[];
  const others = Object.entries(tags)
    .filter(([name]) => own.every(({ Key }) => Key !== name))
    .map(([Key, Value]) => ({ Key, Value }));
  return { ...body, Properties: { ...body.Properties, Tags: [...own, ...others] } };
}

/**
 * The tag by which a policy tells a worker's service and tasks from the others in a cluster: it can name a task by no more
 * than its cluster. Tasks get the tag from their service when they are made. The queue has it as well, to be kept awake by.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/control-access-with-tags.html
 */
export const workerTag = ({ configuration: { context }, worker }: ConfiguredWorker) => ({
  Key: WORKER_TAG_KEY,
  Value: familyName(context, worker.name),
});

/** A condition on that tag; undefined if tasks may not have it, since the user has other tags for the service. */
export function onTagged(subject: ConfiguredWorker) {
  const { service = {} } = subject.worker.extensions;
  if ('PropagateTags' in service || !staysTagged(service.Tags)) return undefined;
  const { Key, Value } = workerTag(subject);
  return { StringEquals: { [`aws:ResourceTag/${Key}`]: Value } };
}

/** Tags of `extensions` are added, unless they are an empty list, or a function that gives all of them. */
function staysTagged(tags: unknown): boolean {
  if (tags === undefined) return true;
  if (!Array.isArray(tags) || tags.length === 0) return false;
  return tags.every((tag: unknown) => !isMap(tag) || tag.Key !== WORKER_TAG_KEY);
}
