import type { Configuration } from '../../config/configuration';
import { buildTemplate } from '../../resources/template';

/** What the stack leaves behind when it is removed, by kind and name. */
export function retainedNames(configuration: Configuration): string[] {
  const noImages = Object.fromEntries(configuration.workers.map(({ name }) => [name, '']));
  const { Resources } = buildTemplate(configuration, noImages);
  return Object.entries(Resources)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .map(([id, { Type, Properties }]) => `${KINDS[Type] ?? Type} ${nameOf(Properties?.BucketName) ?? id}`);
}

const KINDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'Bucket',
  'AWS::KMS::Key': 'The key of the queues,',
};

const nameOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
