import { familyName, WORKER_TAG_KEY } from '../../config/names';
import type { ConfiguredWorker } from './subject';

/**
 * The tag by which a policy tells a worker's service and its tasks from those of others in a cluster: it can name a task by
 * no more than its cluster. Tasks get it from their service when they are made. The queue has it, too, to be kept awake by.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/control-access-with-tags.html
 */
export const workerTag = ({ configuration: { context }, worker }: ConfiguredWorker) => ({
  Key: WORKER_TAG_KEY,
  Value: familyName(context, worker.name),
});

/** As a condition; undefined where the user's own tags of the service stand in its place, and tasks may not have it. */
export function onTagged(subject: ConfiguredWorker) {
  const { service = {} } = subject.worker.extensions;
  if ('Tags' in service || 'PropagateTags' in service) return undefined;
  const { Key, Value } = workerTag(subject);
  return { StringEquals: { [`aws:ResourceTag/${Key}`]: Value } };
}
