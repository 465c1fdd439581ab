import type { NamedRegistry } from '../../config/configuration';
import { hasManifest } from './manifest';
import type { ImageName, Registry } from './registry';

interface World {
  fetch: typeof globalThis.fetch;
  /** Asks the engine, which is logged in. */
  hasReference: (reference: string) => Promise<boolean | undefined>;
}

/** A registry that is not the stack's own ECR: who deploys is logged in there, and repositories come by themselves. */
export function namedRegistry({ name }: NamedRegistry, world: World): Registry {
  const uriOf = (repository: string) => `${name}/${repository}`;
  return {
    hasImage: async ({ repository, tag }: ImageName) => {
      const reference = { name: uriOf(repository), tag };
      return (await hasManifest(world.fetch, reference)) ?? world.hasReference(`${reference.name}:${tag}`);
    },
    // Who keeps the registry says for how long.
    keep: () => Promise.resolve(undefined),
    prepare: (repository) => Promise.resolve({ uri: uriOf(repository.name), isNew: false }),
    logIn: () => Promise.resolve(),
  };
}
