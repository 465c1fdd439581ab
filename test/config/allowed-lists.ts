import { SHARED_RESOURCE_NAMES } from '../../src/config/logical-ids';
import { SINGLE_WORKER_NAME } from '../../src/config/names';
import { SHARED_KEYS, WORKER_KEYS } from '../../src/config/schema/compiled';
import { EVENTBRIDGE_S3_EVENTS, S3_EVENTS } from '../../src/config/s3-sources';
import { RESERVED_VARIABLE_NAMES } from '../../src/contract/environment';
import { listResources } from '../../src/resources/template';
import { parse } from './support';

const plain = listResources(parse({ command: 'true' }));

/** Long lists of allowed values, which many messages have, by the name that replaces each in a golden. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  '<the keys of a worker>': WORKER_KEYS,
  '<the keys that workers share>': SHARED_KEYS,
  '<the resources of a plain worker>': plain.workers[SINGLE_WORKER_NAME]!,
  '<the resources that workers share>': SHARED_RESOURCE_NAMES.filter((name) => name !== 'notifications'),
  '<the events of S3>': S3_EVENTS,
  '<the events of S3 in EventBridge>': EVENTBRIDGE_S3_EVENTS,
  '<the variables of the watcher>': RESERVED_VARIABLE_NAMES,
};

/** A text with names in the place of these lists, so that a new key changes one golden and not a hundred. */
export function nameLists(text: string): string {
  return Object.entries(LISTS).reduce((named, [name, list]) => named.replaceAll(list.join(', '), name), text);
}

/** All of these lists, in full. */
export function showLists(): string {
  const shown = Object.entries(LISTS).map(([name, list]) =>
    [name, ...list.map((entry) => `  ${entry}`)].join('\n'),
  );
  return `${shown.join('\n\n')}\n`;
}
