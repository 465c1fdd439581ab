import type { Configuration, Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { logGroupName } from '../../config/names';
import { buildTemplate } from '../../resources/template';

/** The log group that the template gives the worker, the user's extensions included where they write its name out. */
export function logGroupOf(configuration: Configuration, worker: Worker): string {
  const noImages = Object.fromEntries(configuration.workers.map(({ name }) => [name, '']));
  const { Resources } = buildTemplate(configuration, noImages);
  const name = Resources[logicalId(worker.name, 'logGroup')]?.Properties?.LogGroupName;
  return typeof name === 'string' ? name : logGroupName(configuration.context, worker.name);
}
