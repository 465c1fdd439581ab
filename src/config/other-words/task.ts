import { isMap } from '../../shared/json';
import { as, both, each, inside, number, plain, put, remove, say, type Convert, type Words } from './answer';
import { LOG_RETENTION_DAYS } from '../limits';
import { OF_CONTAINER } from './container';
import { DEFAULT_PRIVATE_WAY, type PrivateWay } from '../network';
import { IN_QUEUE, IS_OFF } from './queue';
import { volumesOfCopilot } from './volumes';

/** Words of other tools for what a task is made of and where it runs. */

const platform: Convert = (value) => {
  const text = isMap(value) ? (value.architecture ?? value.cpuArchitecture) : value;
  const family = String(isMap(value) ? (value.osfamily ?? value.operatingSystemFamily ?? '') : value);
  if (/windows/i.test(family)) return say('remove it: the watcher needs Linux');
  if (/arm/i.test(String(text))) return put('architecture', 'arm64');
  return /x86|amd64/i.test(String(text))
    ? put('architecture', 'x86_64')
    : say('give `architecture: x86_64` or `arm64`');
};

/** A Dockerfile, as Copilot has it, or a folder. */
const build: Convert = inside(
  {
    dockerfile: as('image.dockerfile'),
    context: as('image.path'),
    target: as('image.target'),
    args: as('image.buildArgs'),
    cacheFrom: remove('the plugin knows what it has built'),
  },
  (value) => {
    const [, folder = '', file] = /^(.*?)\/?([^/]*dockerfile[^/]*)$/i.exec(String(value)) ?? [];
    if (file === undefined) return put('image.path', value);
    const path = put('image.path', folder === '' ? '.' : folder);
    return file === 'Dockerfile' ? path : both(path, put('image.dockerfile', file));
  },
);

/** ECS says by the first entry how a command is run; here a text or a list says it. */
const healthCommand: Convert = (value) => {
  const [form, ...rest] = Array.isArray(value) ? (value as unknown[]) : [];
  if (form === 'NONE') return put('healthCheck', false);
  if (form === 'CMD') return put('healthCheck.command', rest);
  return put('healthCheck.command', form === 'CMD-SHELL' ? rest.join(' ') : value);
};
const healthCheck = inside({
  command: healthCommand,
  interval: as('healthCheck.interval'),
  timeout: as('healthCheck.timeout'),
  retries: as('healthCheck.retries'),
  startPeriod: as('healthCheck.startPeriod'),
});

export const IN_IMAGE: Words = {
  build,
  ...each(['location', 'imageUri', 'registry', 'repository'], as('image.uri')),
  ...each(['file', 'dockerFile'], as('image.dockerfile')),
  context: as('image.path'),
  ...each(['args', 'buildArguments'], as('image.buildArgs')),
  ...each(['platform', 'runtimePlatform', 'cpuArchitecture'], platform),
  ...each(['port', 'ports', 'expose'], remove('a worker listens on no port')),
  healthcheck: healthCheck,
  ...each(['credentials', 'repositoryCredentials'], () =>
    say('write it as `RepositoryCredentials` of the container under `extensions: {taskDefinition: …}`'),
  ),
  tag: () => say('write it behind the name: `image: {uri: NAME:TAG}`'),
  labels: as('container.labels'),
  dependsOn: remove(
    'the watcher waits for each sidecar to start; `watcherWaits` of a sidecar says for what else',
  ),
  ...each(['cacheFrom', 'cacheTo'], remove('the plugin knows what it has built')),
};

/** Its values may be secret: they are not printed. */
const rename: Convert = () => say('rename it: `environment`');
const reservation = inside(
  {
    memory: as('memory'),
    cpu: as('cpu'),
    softMemory: as('softMemory'),
  },
  as('memory'),
);
const retention: Convert = (value) =>
  LOG_RETENTION_DAYS.some((days) => days === Number(value))
    ? put('logs.retention', Number(value))
    : put('queue.retention', value);
const gibibytes: Convert = (value) => {
  const mebibytes = number(value);
  return mebibytes === undefined
    ? say('give `ephemeralStorage`, in GiB')
    : put('ephemeralStorage', Math.max(21, Math.ceil(mebibytes / 1024)));
};
const opposite: Convert = (value) => put('writableFilesystem', value === false || value === 'false');
const providers: Convert = (value) =>
  Array.isArray(value) && value.every(isMap)
    ? put(
        'capacity',
        value.map(({ capacityProvider, CapacityProvider, ...rest }) => ({
          provider: capacityProvider ?? CapacityProvider,
          ...rest,
        })),
      )
    : put('capacity', value);
const WORDS_OF_CAPACITY = /^(FARGATE(_SPOT)?|EC2|MANAGED)$/;
const launchType: Convert = (value) => {
  const [word, ...others] = [value].flat().map(String);
  // Copied task definitions name all that they could run on.
  if (word === undefined || others.length > 0) return say('choose one, as `capacity`');
  return put('capacity', word === 'MANAGED_INSTANCES' ? 'MANAGED' : word);
};
const capacityProvider: Convert = (value) => {
  const names = [value].flat();
  const [only] = names;
  if (names.length === 1 && WORDS_OF_CAPACITY.test(String(only))) return put('capacity', only);
  return put(
    'capacity',
    names.map((provider) => ({ provider })),
  );
};
const managed: Convert = (value) =>
  value === false ? say(IS_OFF) : put('capacity', isMap(value) ? { managed: value } : 'MANAGED');
/** ECS's list of {type: GPU, value}. */
const gpus: Convert = (value) => {
  const [gpu] = [value].flat().filter(isMap);
  const count = gpu === undefined ? undefined : number(gpu.value ?? gpu.Value);
  return count === undefined ? say('give the number of GPUs as `gpu`') : put('gpu', count);
};
/** Copilot's router of logs. */
const router: Convert = () =>
  say(
    'route the log by a sidecar: `sidecars: {logs: {preset: fluent-bit, firelens: {outputs: [{Name: …}]}}}` (docs/sidecars.md)',
  );
const logs = inside(
  {
    retention: as('logs.retention'),
    retentionInDays: as('logs.retention'),
    ...each(['destination', 'configFilePath', 'enableMetadata', 'secretOptions'], router),
  },
  remove('output goes to CloudWatch, in a log group that the plugin makes'),
);

/** ECS's {logDriver, options, secretOptions}, or the driver alone. */
const logDriver: Convert = (value) => {
  const given = Object.entries(isMap(value) ? value : { logDriver: value });
  const { logdriver, ...others } = Object.fromEntries(given.map(([key, inner]) => [plain(key), inner]));
  const driver = typeof logdriver === 'string' ? logdriver.toLowerCase() : undefined;
  if (driver === 'awsfirelens') return router(value);
  if (driver === undefined || driver === 'awslogs') return logs(undefined);
  const { options, secretoptions } = others;
  const secrets = [secretoptions ?? []].flat().filter(isMap);
  return put('container.log', {
    driver,
    ...(isMap(options) && { options }),
    ...(secrets.length > 0 && {
      secretOptions: Object.fromEntries(
        secrets.map((secret) => [String(secret.name ?? secret.Name), secret.valueFrom ?? secret.ValueFrom]),
      ),
    }),
  });
};

/** When messages come is an event; how many tasks there are by the clock belongs to the scaling. */
const schedule: Convert = (value) =>
  Array.isArray(value) ? put('scaling.schedule', value) : put('events', [{ schedule: value }]);

export const OF_TASK: Words = {
  ...each(['timeout', 'jobTimeout', 'timeoutSeconds'], as('maxJobDuration')),
  ...each(['memorySize', 'memoryLimitMiB', 'memoryLimit', 'mem'], as('memory')),
  ...each(['memoryReservation', 'memoryReservationMiB'], as('softMemory')),
  reservation,
  ephemeralStorageSize: gibibytes,
  ...each(['ephemeralStorageGiB', 'disk', 'diskSize', 'storageGb'], as('ephemeralStorage')),
  gpuCount: as('gpu'),
  resourceRequirements: gpus,
  ...each(['platform', 'runtimePlatform', 'cpuArchitecture'], platform),
  arch: platform,
  dockerfile: as('image.dockerfile'),
  build,
  ...each(['service', 'imageUri', 'imageUrl'], as('image.uri')),
  ...each(['cmd', 'script', 'run'], as('command')),
  disabled: (is) => put('enabled', is === false || is === 'false'),
  ...each(['policies', 'managedPolicyArns'], as('managedPolicies')),
  ...each(['topicArn', 'snsTopic'], (arn) => put('events', [{ sns: arn }])),
  ...each(['cron', 'rate', 'schedule'], schedule),
  ...OF_CONTAINER,
  ...each(['env', 'variables', 'environmentVariables'], rename),
  ...each(['iamRoleStatements', 'statements', 'policyStatements', 'iam'], (value) =>
    Array.isArray(value) ? put('permissions', value) : say('give a list of statements as `permissions`'),
  ),
  ...each(['taskRole', 'taskRoleArn', 'roleArn'], as('role')),
  executionRoleArn: as('executionRole'),
  structuredLogging: as('logs.structured'),
  ...each(
    ['logRetentionInDays', 'logGroupRetentionDays', 'retentionInDays', 'logRetention'],
    as('logs.retention'),
  ),
  retention,
  ...each(['logging', 'enableLogging'], logs),
  ...each(['logConfiguration', 'logDriver'], logDriver),
  storage: inside({
    ephemeral: as('ephemeralStorage'),
    readonlyFs: opposite,
    volumes: volumesOfCopilot,
  }),
  fresh: as('writableFilesystem'),
  ...each(['readonlyRootFilesystem', 'readonlyFs'], opposite),
  enableExecuteCommand: as('exec'),
  ...each(['capacityProviderStrategies', 'capacityProviderStrategy'], providers),
  ...each(['launchType', 'requiresCompatibilities'], launchType),
  ...each(['capacityProvider', 'capacityProviders'], capacityProvider),
  ...each(['managed', 'managedInstances', 'managedInstancesProvider'], managed),
  ...each(['instanceType', 'instanceTypes', 'allowedInstanceTypes'], (types) =>
    put('capacity.managed.instances.types', [types].flat()),
  ),
  maximumBatchingWindow: as('batchWindow'),
  maxBatchingWindow: as('batchWindow'),
  ...each(['stopGracePeriod', 'stopTimeoutSeconds'], as('stopTimeout')),
  ...each(['webhook', 'webhookKey'], () => put('events', [{ webhook: 'apiKey' }])),
  ...each(['publish', 'topics'], () =>
    say(
      'define topics under `resources`; the worker has their ARNs by `environment`, and sends by `permissions`',
    ),
  ),
  subscribe: inside({
    topics: () => say('give `events: [{sns: ARN}]`, with the ARN of each topic'),
    queue: inside(IN_QUEUE),
  }),
  ...each(['taskdefOverrides', 'taskDefinition'], () =>
    say('write its properties under `extensions: {taskDefinition: …}`, as CloudFormation has them'),
  ),
  environments: () => say('give what differs by stage as `${param:NAME}`, under `params`'),
  deployment: inside({
    rollbackAlarms: as('deploy.alarms'),
    rolling: remove('new tasks start beside the old ones'),
  }),
  minHealthyPercent: as('extensions.service.DeploymentConfiguration.MinimumHealthyPercent'),
  maxHealthyPercent: as('extensions.service.DeploymentConfiguration.MaximumPercent'),
  platformVersion: as('extensions.service.PlatformVersion'),
};

const ENABLED = (value: unknown) => value === true || value === 'ENABLED';
const publicIp: Convert = (value) => put('vpc.publicIp', ENABLED(value));
const placement: Convert = inside({ subnets: as('vpc.subnets') }, (value) =>
  value === 'private'
    ? put('vpc.private', DEFAULT_PRIVATE_WAY)
    : say('give the ids of public subnets: `vpc: {subnets: [ID]}`'),
);
const gateways: Convert = (count) =>
  count === false || Number(count) === 0
    ? put('vpc.private', 'endpoints' satisfies PrivateWay)
    : put('vpc.private', (Number(count) > 1 ? 'natPerZone' : 'nat') satisfies PrivateWay);
const securityGroups: Convert = inside(
  {
    groups: as('vpc.securityGroups'),
    fromCfn: () => say('give `vpc: {securityGroups: [!ImportValue NAME]}`'),
  },
  as('vpc.securityGroups'),
);

/** Within `vpc`. */
export const IN_VPC: Words = {
  placement,
  ...each(['subnetIds', 'privateSubnets', 'publicSubnets'], as('vpc.subnets')),
  securityGroupIds: as('vpc.securityGroups'),
  assignPublicIp: publicIp,
  ...each(['nat', 'natGateway', 'natGateways', 'createNatGateway'], gateways),
  id: () => say('give the ids of its subnets: `vpc: {subnets: [ID]}`'),
};

export const OF_STACK: Words = {
  ...each(
    ['notificationEmail', 'notificationTopic', 'alarmTopic', 'alarmEmail', 'email', 'alarm'],
    (target) => put('notify', [target]),
  ),
  ...each(['fargateSubnets', 'subnets', 'subnetIds', 'taskSubnets', 'privateSubnets'], as('vpc.subnets')),
  ...each(['fargateSecurityGroups', 'securityGroups', 'securityGroupIds'], as('vpc.securityGroups')),
  ...each(['fargatePublicIp', 'publicIp', 'assignPublicIp'], publicIp),
  ...each(
    ['network', 'networkConfiguration'],
    inside({
      vpc: inside({ placement, securityGroups }),
      awsvpcConfiguration: inside({
        subnets: as('vpc.subnets'),
        securityGroups: as('vpc.securityGroups'),
        assignPublicIp: publicIp,
      }),
    }),
  ),
};
