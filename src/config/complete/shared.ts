import type { Build, NamedRegistry, Notify, SharedInput, TextOrIntrinsic } from '../configuration';
import { NODE_IMAGE } from '../defaults';

export function completeBuild(build: SharedInput['build'] | undefined): Build {
  return {
    engine: build?.engine,
    compression: build?.compression,
    nodeImage: build?.nodeImage ?? NODE_IMAGE,
  };
}

export function completeNotify(notify: SharedInput['notify'] = []): Notify {
  const entries = (Array.isArray(notify) ? notify : [notify]) as TextOrIntrinsic[];
  return {
    addresses: entries.filter(isEmailAddress),
    topics: entries.filter((entry) => !isEmailAddress(entry)),
  };
}

/** Enough to tell an address from an ARN and from a typing error; SNS checks the rest when it writes to the address. */
function isEmailAddress(entry: TextOrIntrinsic): entry is string {
  return typeof entry === 'string' && /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/.test(entry);
}

export function completeRegistry(given: SharedInput['registry']): NamedRegistry | undefined {
  if (given === undefined) return undefined;
  return typeof given === 'string'
    ? { name: given, credentials: undefined }
    : { name: given.name, credentials: given.credentials };
}
