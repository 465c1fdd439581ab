import type { Serverless } from './framework';
import { withoutSharedBucket } from './serverless-4';

const PROGRESS_EVENT = 'before:package:cleanup';
const PROGRESS_OWNER = 'AwsPackage';

/**
 * Packages the service as `sls package` does, without a call of AWS. The framework's "Packaging" line, which it takes away
 * only when its command ends, is left out: a command that stays up would show it for ever.
 */
export async function packageFirst(serverless: Serverless): Promise<void> {
  const { pluginManager } = serverless;
  const hooks = pluginManager.hooks[PROGRESS_EVENT] ?? [];
  pluginManager.hooks[PROGRESS_EVENT] = hooks.filter(({ pluginName }) => pluginName !== PROGRESS_OWNER);
  try {
    await withoutSharedBucket(serverless, () => pluginManager.spawn('package'));
  } finally {
    pluginManager.hooks[PROGRESS_EVENT] = hooks;
  }
}
