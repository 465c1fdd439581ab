import type {
  Architecture,
  Configuration,
  Intrinsic,
  OwnResource,
  RoleSettings,
  ServiceContext,
  TextOrIntrinsic,
} from '../config/configuration';
import { describeOff, enabledPart } from '../config/enabled';
import { LOG_RETENTION_DAYS } from '../config/limits';
import { UserError } from '../errors/user-error';
import type { Template } from '../resources/merge';
import { isMap, mapValues } from '../shared/json';
import { readEnvironmentFiles } from './environment-files';
import type { Serverless } from './framework';

const SECTION = 'watchbot';

/** Whether the service has a worker in this stage: without one the plugin does nothing. */
export function hasWorker({ configurationInput }: Serverless): boolean {
  return enabledPart(configurationInput?.[SECTION]) !== undefined;
}

/** Why a service that has the section makes nothing of it; undefined if it makes something, or has no section. */
export function whyNothing(serverless: Serverless): string | undefined {
  const section = serverless.configurationInput?.[SECTION];
  return section === undefined || hasWorker(serverless) ? undefined : describeOff(section);
}

/**
 * Parses the service's configuration. The schema and its validator are loaded only here, because every command of the
 * framework loads the plugin itself.
 * @throws {UserError} if there is no worker, or with everything that is wrong with it
 */
export async function loadConfiguration(serverless: Serverless): Promise<Configuration> {
  const section = serverless.configurationInput?.[SECTION];
  const enabled = enabledPart(section);
  if (enabled === undefined) throw noWorker(section, serverless.getProvider('aws').getStage());
  const [{ parseConfiguration }, { listResources }] = await Promise.all([
    import('../config/parse.js'),
    import('../resources/template.js'),
  ]);
  const environmentFiles = await readEnvironmentFiles(enabled, serverless.serviceDir);
  return parseConfiguration(enabled, { ...contextOf(serverless), environmentFiles }, listResources);
}

function noWorker(section: unknown, stage: string): UserError {
  const problem = {
    code: 'WATCHBOT_NO_SECTION',
    place: 'serverless.yml',
    given: describeOff(section),
  } as const;
  return UserError.of(
    section === undefined
      ? { ...problem, advice: 'add one; `watchbot: { command: … }` is the least' }
      : {
          ...problem,
          allowed: `a worker in stage ${stage}`,
          advice: 'name a stage that has one: `--stage NAME`',
        },
  );
}

function contextOf(serverless: Serverless): Omit<ServiceContext, 'environmentFiles'> {
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
    resources: resourcesIn({
      // It is there only while the service is packaged.
      ...(service.provider.compiledCloudFormationTemplate as Template | undefined)?.Resources,
      ...service.resources?.Resources,
    }),
    tags: textsIn(tags),
    roles: roleSettingsIn(service.provider),
    environment: textsIn(isMap(service.provider.environment) ? service.provider.environment : {}),
    logRetention: retentionIn(service.provider.logRetentionInDays),
  };
}

/** In all forms that the framework takes, and in the order in which it does. */
export function roleSettingsIn({
  iam,
  rolePermissionsBoundary,
}: Pick<Serverless['service']['provider'], 'iam' | 'rolePermissionsBoundary'>): RoleSettings {
  const role = isMap(iam?.role) ? iam.role : {};
  const { permissionsBoundary, permissionBoundary, path, tags } = role;
  const boundary = permissionsBoundary ?? permissionBoundary ?? rolePermissionsBoundary;
  return {
    permissionsBoundary: (boundary ?? undefined) as TextOrIntrinsic | undefined,
    path: (path ?? undefined) as TextOrIntrinsic | undefined,
    tags: textsIn(isMap(tags) ? tags : {}),
  };
}

/** What it takes to know what functions give of these resources. */
export const resourcesIn = (given: Readonly<Record<string, unknown>>): ServiceContext['resources'] =>
  mapValues(given, (resource): OwnResource => {
    const { Type, Properties } = isMap(resource) ? resource : {};
    const { FifoQueue, FifoTopic, VpcId } = isMap(Properties) ? Properties : {};
    return {
      type: String(Type),
      isFifo: [FifoQueue, FifoTopic].some((isIt) => String(isIt) === 'true'),
      isInVpc: VpcId !== undefined,
    };
  });

/** YAML turns a tag `cost-center: 42` into a number. A function of CloudFormation stays one; a key without a value is none. */
export function textsIn(given: Record<string, unknown> = {}): ServiceContext['tags'] {
  const valued = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    valued.map(([key, value]) => [
      key,
      isMap(value) ? (value as Intrinsic) : String(value as string | number),
    ]),
  );
}

/** Undefined for what AWS would refuse, of which the framework warns. */
function retentionIn(given: unknown): number | undefined {
  return LOG_RETENTION_DAYS.find((days) => days === Number(given));
}
