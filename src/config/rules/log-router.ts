import { describeValue, type Problem } from '../../errors/problem';
import { PRESETS } from '../presets';
import { isOfEnd, routerOf, type Firelens, type Sidecar } from '../sidecars';
import { isMap } from '../../shared/json';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

type Router = Sidecar & { firelens: Firelens };

/** A rule for the sidecar that routes the log. */
const ofRouter = (
  check: (router: Router, at: (...keys: string[]) => string, subject: RuleSubject) => Problem[],
): WorkerRule => ({
  reads: ['sidecars.*'],
  check: (subject) => {
    const router = routerOf(subject.worker);
    if (router === undefined) return [];
    return check(router, (...keys) => subject.at('sidecars', router.name, ...keys), subject);
  },
});

const oneRouter = ofRouter((router, _at, { worker, at }) =>
  worker.sidecars
    .filter(({ name, firelens }) => firelens !== undefined && name !== router.name)
    .map(({ name }) => ({
      code: 'WATCHBOT_CONTRADICTION' as const,
      place: at('sidecars', name, 'firelens'),
      given: `a second router, beside ${router.name}`,
      allowed: 'one router of logs in a task',
      advice: 'remove one of the two',
    })),
);

/** ECS starts the router before those whose log it has. */
const routerIsFirst = ofRouter(({ watcherWaits }, at) =>
  problemIf(watcherWaits === undefined || isOfEnd(watcherWaits), {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('watcherWaits'),
    given:
      watcherWaits === undefined
        ? 'a router for which the watcher does not wait'
        : describeValue(watcherWaits),
    allowed: 'START or HEALTHY: the watcher writes its log to it from the beginning to the end',
    advice: 'remove `watcherWaits`, and `watchbot` from `dependsOn`',
  }),
);

const fluentdHasItsOwnOutput = ofRouter(({ firelens }, at) =>
  problemIf(firelens.type === 'fluentd' && firelens.cloudWatch, {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('firelens', 'type'),
    given: 'fluentd with `cloudWatch: true`',
    allowed:
      'fluentd with `cloudWatch: false` and `outputs`: its image has nothing that writes to CloudWatch',
    advice:
      'use fluentbit, or set `cloudWatch: false` with `outputs`, and know what has no lines then (docs/sidecars.md)',
  }),
);

const logGoesSomewhere = ofRouter(({ firelens }, at) =>
  problemIf(!firelens.cloudWatch && firelens.outputs.length === 0, {
    code: 'WATCHBOT_MISSING_KEY',
    place: at('firelens', 'outputs'),
    allowed: 'an output, with `cloudWatch: false`',
    advice:
      'add one, such as `outputs: [{Name: datadog, apikey: {secret: DD_API_KEY}}]`, or remove `cloudWatch`',
  }),
);

/** The key by which an output says what it is. */
const KIND = { fluentbit: 'name', fluentd: '@type' } as const;

const outputsSayWhatTheyAre = ofRouter(({ firelens: { type, outputs } }, at) =>
  outputs.flatMap((output, index) => {
    const hasKind = Object.keys(output).some((key) => key.toLowerCase() === KIND[type]);
    return problemIf(!hasKind, {
      code: 'WATCHBOT_MISSING_KEY',
      place: at('firelens', 'outputs', String(index)),
      given: describeValue(output),
      allowed:
        type === 'fluentd'
          ? 'an output with `@type`'
          : 'an output with `Name`, such as datadog, es, s3 or loki',
    });
  }),
);

/** A line break would begin another line of the router's configuration. */
const outputsAreLines = ofRouter(({ firelens: { outputs }, secrets, environment }, at) =>
  outputs.flatMap((output, index) =>
    Object.entries(output).flatMap(([key, value]): Problem[] => {
      const place = at('firelens', 'outputs', String(index), key);
      const secret = typeof value === 'object' && typeof value.secret === 'string' ? value.secret : undefined;
      const isKey = /^[@A-Za-z0-9_.$-]+$/.test(key);
      const isLine = typeof value !== 'string' || /^[^\r\n\0]+$/.test(value);
      return [
        ...problemIf(!isKey || !isLine, {
          code: 'WATCHBOT_MALFORMED',
          place: isKey ? place : at('firelens', 'outputs', String(index)),
          given: describeValue(isKey ? value : key),
          allowed: 'a parameter and its value, which are one line of the configuration',
        }),
        ...problemIf(secret !== undefined && !(secret in secrets || secret in environment), {
          code: 'WATCHBOT_NOT_ALLOWED',
          place,
          given: String(secret),
          allowed: `one of the router's \`secrets\`${Object.keys(secrets).length === 0 ? ', of which it has none' : `: ${Object.keys(secrets).join(', ')}`}`,
          advice: `add \`secrets: {${secret}: …}\` to the sidecar`,
        }),
      ];
    }),
  ),
);

/** Outputs beyond the first are a file, which the image of the preset is told to read. */
const outputsCanBeRead = ofRouter((router, at, { given }) => {
  const { firelens, preset, name } = router;
  const hasRoom = firelens.outputs.length <= (firelens.cloudWatch ? 0 : 1);
  const isPresets = preset !== undefined && PRESETS[preset].firelens !== undefined;
  const other = whatIsInTheWay(router, given.sidecars?.[name]);
  return problemIf(!hasRoom && (!isPresets || other !== undefined), {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('firelens', 'outputs'),
    given: isPresets ? `outputs beside ${other}` : 'outputs besides the first, of a router that is no preset',
    allowed: 'outputs of `preset: fluent-bit`, whose image the plugin knows to give them to',
    advice:
      'write them into a file of the image: `options: {config-file-type: file, config-file-value: /outputs.conf}`',
  });
});

function whatIsInTheWay({ firelens: { options, type } }: Router, typed: unknown): string | undefined {
  const own = isMap(typed) ? typed : {};
  const key = ['command', 'entryPoint'].find((name) => own[name] !== undefined);
  if (key !== undefined) return `\`${key}\``;
  if (type === 'fluentd') return 'fluentd';
  const hasFile = Object.keys(options).some((name) => name.startsWith('config-file'));
  return hasFile ? 'a configuration file of its own' : undefined;
}

/** Tasks on Fargate take no other, and one in S3 would need permissions. */
const FILE_TYPE = 'file';

const optionsAreKnown = ofRouter(({ firelens: { options } }, at) => {
  const type = options['config-file-type'];
  const unknown = Object.keys(options).filter((key) => !OPTIONS.includes(key));
  return [
    ...unknown.map((key) => ({
      code: 'WATCHBOT_NOT_ALLOWED' as const,
      place: at('firelens', 'options', key),
      given: key,
      allowed: OPTIONS.join(', '),
      advice: 'remove it; parameters of an output belong under `outputs`',
    })),
    ...problemIf(type !== undefined && type !== FILE_TYPE, {
      code: 'WATCHBOT_NOT_ALLOWED',
      place: at('firelens', 'options', 'config-file-type'),
      given: describeValue(type),
      allowed: `${FILE_TYPE}: a file of the image`,
    }),
  ];
});
const OPTIONS = ['enable-ecs-log-metadata', 'config-file-type', 'config-file-value'];

export const LOG_ROUTER_RULES: readonly WorkerRule[] = [
  oneRouter,
  routerIsFirst,
  fluentdHasItsOwnOutput,
  logGoesSomewhere,
  outputsSayWhatTheyAre,
  outputsAreLines,
  outputsCanBeRead,
  optionsAreKnown,
];
