import type { Serverless } from './framework';

const PROGRESS_EVENT = 'before:package:cleanup';
const PROGRESS_OWNER = 'AwsPackage';

/**
 * Packages the service as `sls package` does. The framework's "Packaging" line, which it takes away only when its
 * command ends, is left out: a command that stays up would show it for ever.
 */
export async function packageFirst({ pluginManager }: Serverless): Promise<void> {
  const hooks = pluginManager.hooks[PROGRESS_EVENT] ?? [];
  pluginManager.hooks[PROGRESS_EVENT] = hooks.filter(({ pluginName }) => pluginName !== PROGRESS_OWNER);
  try {
    await pluginManager.spawn('package');
  } finally {
    pluginManager.hooks[PROGRESS_EVENT] = hooks;
  }
}
