import type { Architecture, Configuration, Intrinsic, ServiceContext } from '../config/configuration';
import { UserError } from '../errors/user-error';
import { isMap } from '../shared/json';
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
    tags: tagsIn(tags),
  };
}

/** YAML turns `cost-center: 42` into a number. A function of CloudFormation stays one; a tag without a value is none. */
export function tagsIn(given: Record<string, unknown> = {}): ServiceContext['tags'] {
  const valued = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    valued.map(([key, value]) => [
      key,
      isMap(value) ? (value as Intrinsic) : String(value as string | number),
    ]),
  );
}
