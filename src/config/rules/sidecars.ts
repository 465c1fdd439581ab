import { describeValue, type Problem } from '../../errors/problem';
import { factsOf, hasOwnInterface } from '../capacity';
import type { Worker } from '../configuration';
import { ECS, WATCHER_CPU_UNITS, WATCHER_MEMORY_MIB } from '../limits';
import { CONTAINER_NAME } from '../names';
import { PRESET_NAMES, PRESETS } from '../presets';
import {
  cpuOfSidecars,
  cpuOfWatcher,
  memoryOfSidecars,
  memoryOfWatcher,
  sharesLoopback,
  type Port,
  type Sidecar,
} from '../sidecars';
import { didYouMean } from '../suggest';
import { namesInBoth, secretProblem } from './access';
import { ECS_FORMS } from './container';
import { isPlainPath } from './folders';
import { referenceProblems } from './image';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** A rule for each sidecar by itself. */
const ofEach = (
  check: (sidecar: Sidecar, subject: RuleSubject, at: (...keys: string[]) => string) => Problem[],
  reads: WorkerRule['reads'] = ['sidecars.*'],
): WorkerRule => ({
  reads,
  check: (subject) =>
    subject.worker.sidecars.flatMap((sidecar) =>
      check(sidecar, subject, (...keys) => subject.at('sidecars', sidecar.name, ...keys)),
    ),
});

const nameIsFree = ofEach(({ name }, _subject, at) =>
  problemIf(name === CONTAINER_NAME, {
    code: 'WATCHBOT_NAME_TAKEN',
    place: at(),
    given: describeValue(name),
    allowed: `names other than ${CONTAINER_NAME}, the container of the watcher`,
    advice:
      'rename it; what the container of the watcher has is `container`, `environment`, `image` and the like',
  }),
);

const notTooMany: WorkerRule = {
  reads: ['sidecars.*'],
  check: ({ worker: { sidecars }, at }) =>
    problemIf(sidecars.length >= ECS.maxContainers, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('sidecars'),
      given: `${sidecars.length} sidecars`,
      allowed: `at most ${ECS.maxContainers - 1}: ECS takes ${ECS.maxContainers} containers in a task, that of the watcher included`,
    }),
};

const hasAnImage = ofEach(({ image, preset }, _subject, at) => {
  if (image === undefined) {
    return [
      {
        code: 'WATCHBOT_MISSING_KEY',
        place: at('image'),
        allowed: `the name of an image, or one of \`preset\`: ${PRESET_NAMES.join(', ')}`,
        advice: 'add `image`, or `preset`',
      },
    ];
  }
  if (typeof image !== 'string' || (preset !== undefined && image === PRESETS[preset].image)) return [];
  const malformed = referenceProblems(image, at('image'));
  if (malformed.length > 0) return malformed;
  return problemIf(!/[:@][^/]*$/.test(image), {
    code: 'WATCHBOT_MALFORMED',
    place: at('image'),
    given: describeValue(image),
    allowed:
      'NAME:TAG or NAME@sha256:DIGEST: without one, each task would take what is the latest when it starts',
    advice: `write a version behind it: \`image: ${image}:VERSION\``,
  });
});

const variablesOnce = ofEach((sidecar, _subject, at) => namesInBoth(sidecar, at));

const secretsAreOnes = ofEach(({ name }, { given }, at) => {
  const typed = given.sidecars?.[name];
  const secrets = typeof typed === 'object' ? (typed.secrets ?? {}) : {};
  return Object.entries(secrets).flatMap(([key, secret]): Problem[] => {
    const problem = secretProblem(secret);
    return problem === undefined ? [] : [{ place: at('secrets', key), ...problem }];
  });
});

/** A preset that cannot do anything yet. */
const presetHasWhatItNeeds = ofEach(({ preset, secrets, environment }, _subject, at) => {
  const { needs, title } = preset === undefined ? {} : PRESETS[preset];
  if (needs === undefined || needs in secrets || needs in environment) return [];
  return [
    {
      code: 'WATCHBOT_MISSING_KEY',
      place: at('secrets', needs),
      allowed: `\`secrets: {${needs}: …}\`: without it ${title} does nothing`,
      advice: `write \`{ preset: ${preset}, secrets: { ${needs}: NAME } }\`, with the name of a parameter of SSM or the ARN of a secret`,
    },
  ];
});

const sizesFit: WorkerRule = {
  reads: ['cpu', 'memory', 'softMemory', 'capacity.*', 'sidecars.*'],
  check: ({ worker, at, show }) => {
    const { sidecars, cpu, memory } = worker;
    if (sidecars.length === 0) return [];
    const inMemory = (mib: number) => show('memory', mib, 'MiB');
    const left = memoryOfWatcher(worker);
    const problem = { code: 'WATCHBOT_OUT_OF_RANGE', place: at('sidecars') } as const;
    return [
      ...problemIf(left !== undefined && left < WATCHER_MEMORY_MIB, {
        ...problem,
        given: `sidecars with ${inMemory(memoryOfSidecars(worker))} of memory ${inMemory(memory ?? 0)}: ${listOf(sidecars, 'memory', inMemory)}`,
        allowed: `at most ${inMemory(Math.max(0, (memory ?? 0) - WATCHER_MEMORY_MIB))} for all of them, so that the watcher and its jobs have some`,
        advice: 'raise `memory` of the worker, or lower that of sidecars',
      }),
      ...problemIf(cpuOfSidecars(worker) > 0 && cpuOfWatcher(worker) < WATCHER_CPU_UNITS, {
        ...problem,
        given: `sidecars with ${cpuOfSidecars(worker)} of ${cpu} CPU units: ${listOf(sidecars, 'cpu', String)}`,
        allowed: `at most ${Math.max(0, cpu - WATCHER_CPU_UNITS)} for all of them, so that the watcher and its jobs have some`,
        advice: 'raise `cpu` of the worker, or lower that of sidecars',
      }),
      ...problemIf(left !== undefined && isOver(worker, left), {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('softMemory'),
        given: String(worker.softMemory),
        allowed: `at most ${show('softMemory', left ?? 0, 'MiB')}: what the sidecars leave of \`memory\``,
      }),
    ];
  },
};

const isOver = ({ softMemory, memory = 0 }: Worker, left: number): boolean =>
  softMemory !== undefined && softMemory <= memory && softMemory > left;

const listOf = (
  sidecars: readonly Sidecar[],
  key: 'memory' | 'cpu',
  show: (count: number) => string,
): string =>
  sidecars
    .map((sidecar) => ({
      name: sidecar.name,
      count: sidecar[key] ?? (key === 'memory' ? sidecar.softMemory : 0),
    }))
    .filter(({ count = 0 }) => count > 0)
    .map(({ name, count = 0 }) => `${name} ${show(count)}`)
    .join(', ');

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (memory, memoryReservation) */
const memoryIsPlausible = ofEach(
  ({ name, memory, softMemory }, { worker }, at) => {
    const { hasTaskSize, name: capacity } = factsOf(worker.capacity);
    const limit = memory === undefined ? Infinity : hasTaskSize ? memory : memory - 1;
    return [
      ...problemIf(!hasTaskSize && memory === undefined && softMemory === undefined, {
        code: 'WATCHBOT_MISSING_KEY',
        place: at('memory'),
        allowed: `\`memory\` or \`softMemory\` of each sidecar on ${capacity}, where a task has no size`,
        advice: `add it to ${name}`,
      }),
      ...problemIf(softMemory !== undefined && softMemory > limit, {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('softMemory'),
        given: String(softMemory),
        allowed: `at most ${limit}, ${hasTaskSize ? 'the value of' : 'less than'} \`memory\``,
      }),
    ];
  },
  ['capacity.*', 'sidecars.*'],
);

const show = ({ number, protocol }: Port): string => `${number}/${protocol}`;

const portsExist = ofEach(({ ports }, _subject, at) =>
  ports.flatMap((port, index) =>
    problemIf(port.number > MAX_PORT, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('ports', String(index)),
      given: show(port),
      allowed: `1 to ${MAX_PORT}`,
    }),
  ),
);
const MAX_PORT = 65_535;

/** Containers that share a loopback share its ports: the second one to listen would end at once. */
const portsAreFree: WorkerRule = {
  reads: ['capacity.*', 'vpc', 'sidecars.*'],
  check: ({ worker, configuration, at }) => {
    const isShared = sharesLoopback(configuration, worker);
    return worker.sidecars.flatMap((sidecar, index): Problem[] => {
      const others = isShared ? worker.sidecars.slice(0, index) : [];
      const taken = sidecar.ports.flatMap((port, place) => {
        const isTwice = sidecar.ports.findIndex((other) => show(other) === show(port)) < place;
        const by = others.find(({ ports }) => ports.some((other) => show(other) === show(port)));
        if (by !== undefined) return [`${show(port)}, which ${by.name} has`];
        return isTwice ? [`${show(port)} twice`] : [];
      });
      return problemIf(taken.length > 0, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('sidecars', sidecar.name, 'ports'),
        given: taken.join(', '),
        allowed: 'each port once in a task, whose containers share their loopback',
        advice:
          'remove one of the two, or let it listen elsewhere by its own settings, and say so in `ports`',
      });
    });
  },
};

/** In the network of an instance that several tasks share, only one of them could listen, and others could reach it. */
const portsAreOfTheTask = ofEach(
  ({ ports }, { configuration, worker }, at) => {
    const isShared =
      !hasOwnInterface(configuration, worker) && factsOf(worker.capacity).sharedNetwork === 'host';
    return problemIf(isShared && ports.length > 0, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('ports'),
      given: `${ports.map(show).join(', ')} in the network of an instance, which its tasks share`,
      allowed: 'a sidecar that listens, in tasks with a network interface of their own',
      advice:
        'give `vpc: {subnets: […], securityGroups: […]}` without `publicIp`; `ports: []` for one that listens nowhere',
    });
  },
  ['capacity.*', 'vpc', 'sidecars.*'],
);

/** https://docs.docker.com/engine/network/links/ : what links tell a container includes the other one's variables. */
const linksTellNoSecrets = ofEach(
  ({ ports, secrets, firelens }, { configuration, worker }, at) =>
    problemIf(
      !sharesLoopback(configuration, worker) &&
        ports.length > 0 &&
        firelens === undefined &&
        Object.keys(secrets).length > 0,
      {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('secrets'),
        given: '`secrets` of a sidecar with `ports`, on EC2 without `vpc`',
        allowed:
          '`secrets` where tasks have a network interface of their own: elsewhere jobs reach a sidecar by a link, and links tell them its variables',
        advice:
          'give `vpc: {subnets: […], securityGroups: […]}`; or run an agent on each instance, and give jobs its address',
      },
    ),
  ['capacity.*', 'vpc', 'sidecars.*'],
);

const checksRun = ofEach(({ healthCheck }, _subject, at) => {
  if (healthCheck === undefined) return [];
  const { command, timeout, interval } = healthCheck;
  const [program = ''] = typeof command === 'string' ? [command] : (command ?? []);
  return [
    ...problemIf(program.trim() === '' || ECS_FORMS.includes(program), {
      code: 'WATCHBOT_MALFORMED',
      place: at('healthCheck', 'command'),
      given: describeValue(command),
      allowed: 'a shell line, or a program and its arguments',
      ...(ECS_FORMS.includes(program) ? { advice: `leave ${program} out` } : {}),
    }),
    ...problemIf(timeout > interval, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('healthCheck', 'timeout'),
      given: `timeout ${timeout} with interval ${interval}`,
      allowed: `at most ${interval}, the value of \`interval\`, so that one check ends before the next begins`,
    }),
  ];
});

const mountsAreOfVolumes = ofEach(
  ({ mounts }, { worker: { volumes } }, at) =>
    mounts.flatMap(({ path, volume, readOnly }): Problem[] => {
      const place = at('mounts', path);
      const names = volumes.map(({ name }) => name);
      const given = volumes.find(({ name }) => name === volume);
      return [
        ...problemIf(!isPlainPath(path), {
          code: 'WATCHBOT_MALFORMED',
          place: at('mounts'),
          given: describeValue(path),
          allowed: 'an absolute path other than `/`, without `.`, `..` and `//`',
        }),
        ...problemIf(given === undefined, {
          code: 'WATCHBOT_NOT_ALLOWED',
          place,
          given: describeValue(volume),
          allowed: `one of \`volumes\` of the worker: ${names.join(', ') || 'there are none'}`,
          advice:
            didYouMean(volume, names) ??
            `add it: \`volumes: {${volume}: {path: ${path}}}\` is a folder that they share`,
        }),
        ...problemIf(given?.kind === 'efs' && given.readOnly && !readOnly, {
          code: 'WATCHBOT_CONTRADICTION',
          place,
          given: `${volume} to write to, which is \`readOnly\` for the worker`,
          allowed: '`readOnly: true` here, too: the role of the task has no permission to write',
          advice: `write \`{volume: ${volume}, readOnly: true}\``,
        }),
      ];
    }),
  ['sidecars.*', 'volumes.*'],
);

export const SIDECAR_RULES: readonly WorkerRule[] = [
  nameIsFree,
  notTooMany,
  hasAnImage,
  variablesOnce,
  secretsAreOnes,
  presetHasWhatItNeeds,
  sizesFit,
  memoryIsPlausible,
  portsExist,
  portsAreFree,
  portsAreOfTheTask,
  linksTellNoSecrets,
  checksRun,
  mountsAreOfVolumes,
];
