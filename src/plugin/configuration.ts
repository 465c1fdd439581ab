import type { Architecture, Configuration, ServiceContext } from '../config/configuration';
import { UserError } from '../errors/user-error';
import type { Serverless } from './framework';

const SECTION = 'watchbot';

/** Whether the service has a `watchbot` section: without one the plugin does nothing. */
export function hasSection({ configurationInput }: Serverless): boolean {
  return configurationInput?.[SECTION] !== undefined;
}

/**
 * Parses the service's configuration. The schema and its validator are loaded only here, because every command of the
 * framework loads the plugin itself.
 * @throws {UserError} if there is no section, or with everything that is wrong with it
 */
export async function loadConfiguration(serverless: Serverless): Promise<Configuration> {
  if (!hasSection(serverless)) {
    throw UserError.of({
      code: 'WATCHBOT_NO_SECTION',
      place: 'serverless.yml',
      given: 'no `watchbot` section',
      advice: 'add one; `watchbot: { command: … }` is the least',
    });
  }
  const [{ parseConfiguration }, { listResources }] = await Promise.all([
    import('../config/parse.js'),
    import('../resources/template.js'),
  ]);
  return parseConfiguration(serverless.configurationInput?.[SECTION], contextOf(serverless), listResources);
}

function contextOf(serverless: Serverless): ServiceContext {
  const { service } = serverless;
  const provider = serverless.getProvider('aws');
  const { architecture, vpc, tags, ecr } = service.provider;
  return {
    service: service.service ?? '',
    stage: provider.getStage(),
    region: provider.getRegion(),
    stackName: provider.naming.getStackName(),
    architecture: architecture as Architecture | undefined,
    providerVpc: vpc,
    providerImages: ecr?.images,
    tags: textValues(tags),
  };
}

/** YAML turns `cost-center: 42` into a number. */
function textValues(tags: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)]));
}
