import { isMap } from '../../shared/json';
import {
  as,
  both,
  each,
  find,
  plain,
  put,
  remove,
  say,
  type Answer,
  type Convert,
  type Words,
} from './answer';

/** Words of other tools for containers beside the watcher's: those of ECS's API, CDK, Copilot and Docker's compose file. */

type Entry = Readonly<Record<string, unknown>>;

/** A list of ECS's, whose entries may be as CloudFormation writes them, as a map. */
const asMap =
  (path: string, ofEntry: (entry: Entry) => readonly [unknown, unknown]): Convert =>
  (value) => {
    if (!Array.isArray(value)) return put(path, value);
    const pairs = value.map((entry: unknown) => ofEntry(isMap(entry) ? inLowerCase(entry) : { text: entry }));
    return pairs.some((pair) => pair.includes(undefined))
      ? say(`write a map instead of a list: \`${path.split('.').at(-1)}\`, NAME: VALUE`)
      : put(path, Object.fromEntries(pairs));
  };

const inLowerCase = (entry: Entry): Entry =>
  Object.fromEntries(Object.entries(entry).map(([key, value]) => [plain(key), value]));

const variable = ({ name, value, valuefrom, text }: Entry): readonly [unknown, unknown] => {
  const [, key, content] = /^([^=]+)=(.*)$/s.exec(String(text)) ?? [];
  return [name ?? key, value ?? valuefrom ?? content];
};

/** ECS has {containerPort, hostPort, protocol}, Docker `8080:80/tcp`. */
const ports =
  (path: string): Convert =>
  (value) =>
    put(path, [value].flat().map(port));

function port(value: unknown): unknown {
  if (!isMap(value)) return typeof value === 'string' ? value.replace(/^.*:/, '') : value;
  const { containerport, target, protocol = 'tcp' } = inLowerCase(value);
  const number = containerport ?? target;
  return protocol === 'tcp' ? number : `${String(number)}/${String(protocol)}`;
}

/** Compose says `service_healthy`, Copilot `healthy`. */
const CONDITIONS: Readonly<Record<string, string>> = {
  start: 'START',
  started: 'START',
  healthy: 'HEALTHY',
  complete: 'COMPLETE',
  completedsuccessfully: 'SUCCESS',
  success: 'SUCCESS',
};
const conditionOf = (word: unknown): unknown =>
  CONDITIONS[plain(String(word)).replace(/^service/, '')] ?? word;

const dependencies =
  (path: string): Convert =>
  (value) => {
    if (!isMap(value))
      return asMap(path, ({ containername, condition = 'START', text }) => [
        containername ?? text,
        conditionOf(condition),
      ])([value].flat());
    const pairs = Object.entries(value).map(([name, condition]) => [
      name,
      conditionOf(isMap(condition) ? condition.condition : condition),
    ]);
    return put(path, Object.fromEntries(pairs));
  };

const mounts = (path: string): Convert =>
  asMap(path, ({ sourcevolume, containerpath, path: folder, text }) => {
    const [, volume, place] = /^([\w-]+):(\/[^:]*)/.exec(String(text)) ?? [];
    return [containerpath ?? folder ?? place, sourcevolume ?? volume];
  });

const opposite =
  (path: string): Convert =>
  (value) =>
    put(path, value === false || value === 'false');

const itsLog = remove('its log is in a log group for sidecars; `logs: false` keeps none');

/** Within one sidecar. */
export function inSidecar(name: string): Words {
  const at = (key: string) => `sidecars.${name}.${key}`;
  return {
    ...each(['portMappings', 'port', 'expose'], ports(at('ports'))),
    ...each(['env', 'variables', 'environmentVariables'], asMap(at('environment'), variable)),
    dependsOn: dependencies(at('dependsOn')),
    ...each(['mountPoints', 'volumes'], mounts(at('mounts'))),
    ...each(['memoryReservation', 'memoryReservationMiB', 'memReservation'], as(at('softMemory'))),
    ...each(['memoryLimitMiB', 'memoryLimit', 'memLimit'], as(at('memory'))),
    ...each(['readonlyRootFilesystem', 'readOnly', 'readonlyFs'], opposite(at('writableFilesystem'))),
    restartPolicy: (policy) =>
      put(at('restart'), isMap(policy) ? (inLowerCase(policy).enabled ?? true) : policy),
    dockerLabels: as(at('labels')),
    ...each(['credentialsParameter', 'repositoryCredentials'], (value) =>
      put(at('credentials'), isMap(value) ? inLowerCase(value).credentialsparameter : value),
    ),
    ...each(['location', 'imageUri'], as(at('image'))),
    build: () => say('build and push it yourself, and give its name as `image`: it is pulled as it is'),
    waitsFor: dependencies(at('dependsOn')),
    startsBefore: as(at('watcherWaits')),
    ...each(['stopGracePeriod', 'stopTimeoutSeconds'], as(at('stopTimeout'))),
    firelensConfiguration: as(at('firelens')),
    links: remove('jobs reach a sidecar at 127.0.0.1, on EC2 without `vpc` at its name'),
    init: () =>
      say('write `watcherWaits: SUCCESS` for one that does something once, before the watcher starts'),
    ...each(['logging', 'logConfiguration', 'logDriver'], itsLog),
    ...each(['name', 'containerName'], remove('a sidecar has the name of its key')),
  };
}

/** ECS and CDK have lists. */
export function listOfSidecars(value: unknown): Answer | undefined {
  if (!Array.isArray(value)) return typeof value === 'string' ? ofEntry(value) : undefined;
  const answers = value.map(ofEntry);
  return answers.includes(undefined)
    ? say('write a map by names of your own: `sidecars: {NAME: {image: …}}`')
    : both(...answers.filter((answer) => answer !== undefined));
}

function ofEntry(entry: unknown): Answer | undefined {
  if (typeof entry === 'string') return put(`sidecars.${entry}`, presetOf(entry) ?? entry);
  if (!isMap(entry)) return undefined;
  const { Name, name = Name, ...keys } = entry;
  if (typeof name !== 'string' || !/^[\w-]+$/.test(name)) return undefined;
  const words = inSidecar(name);
  return both(
    ...Object.entries(keys).map(([key, value]) => {
      const own = `sidecars.${name}.${key.charAt(0).toLowerCase()}${key.slice(1)}`;
      return (find(words, key) ?? valueWords(name)[plain(key)] ?? as(own))(value);
    }),
  );
}

/** Keys that are called so here, too, with values in another form. */
const valueWords = (name: string): Words => ({
  environment: asMap(`sidecars.${name}.environment`, variable),
  secrets: asMap(`sidecars.${name}.secrets`, variable),
  ports: ports(`sidecars.${name}.ports`),
  dependson: dependencies(`sidecars.${name}.dependsOn`),
  mounts: mounts(`sidecars.${name}.mounts`),
});

const PRESETS_OF_OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^(aws)?x?ray(daemon)?$/, 'xray'],
  [/^(adot|(aws)?(otel|opentelemetry)(collector)?)$/, 'adot'],
  [/^(datadog|dd)(agent)?$/, 'datadog'],
  [/^(firelens|fluentbit|awsforfluentbit|logrouter)$/, 'fluent-bit'],
];

const presetOf = (word: string): string | undefined =>
  PRESETS_OF_OTHERS.find(([words]) => words.test(plain(word)))?.[1];

/** A sidecar, or one of its keys, in another form. */
export function valueOfSidecar(
  [, name = '', key, ...rest]: readonly string[],
  value: unknown,
): Answer | undefined {
  if (key === undefined) {
    const preset = presetOf(value === true ? name : String(value));
    // What is only written in another way is found as such.
    return preset === undefined || preset === plain(String(value))
      ? undefined
      : put(`sidecars.${name}`, preset);
  }
  const isOwn = isMap(value) && plain(key) !== 'dependson';
  return rest.length > 0 || isOwn ? undefined : valueWords(name)[plain(key)]?.(value);
}

/** Beside `sidecars`: each is a preset. */
export const PRESETS_AS_WORDS: Words = {
  ...each(['adot', 'otel', 'opentelemetry', 'otelCollector', 'awsOtelCollector'], () =>
    put('sidecars', { otel: 'adot' }),
  ),
  ...each(['fluentBit', 'logRouter', 'awsfirelens'], () => put('sidecars', { logs: 'fluent-bit' })),
  ...each(['datadog', 'datadogAgent'], () =>
    say('write `sidecars: {datadog: {preset: datadog, secrets: {DD_API_KEY: NAME}}}`'),
  ),
};
