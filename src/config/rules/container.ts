import { isIP } from 'node:net';
import { describeValue, type Problem } from '../../errors/problem';
import { factsOf, hasOwnInterface } from '../capacity';
import { withoutSlash } from '../complete/task';
import type { Worker } from '../configuration';
import { EXEC_FOLDERS } from '../defaults';
import { WATCHER_MEMORY_MIB } from '../limits';
import { areNested, isWithin, whatMountMayBe } from './folders';
import { memoryOfWatcher } from '../sidecars';
import { RUNNABLE } from './program';
import { problemIf, type WorkerRule } from './rule';

/** A fresh container for each job cannot be shared by two jobs. */
const oneJobInAFreshContainer: WorkerRule = {
  reads: ['writableFilesystem', 'concurrency'],
  check: ({ worker: { writableFilesystem, concurrency }, at }) =>
    problemIf(writableFilesystem && concurrency > 1, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('concurrency'),
      given: `concurrency ${concurrency} with \`writableFilesystem: true\``,
      allowed: 'concurrency 1 with `writableFilesystem`: every job gets a fresh container',
      advice: 'remove one of the two; more tasks come with `scaling.max`',
    }),
};

const healthCheckFits: WorkerRule = {
  reads: ['healthCheck.timeout', 'healthCheck.interval'],
  check: ({ worker: { healthCheck }, at, show }) =>
    problemIf(healthCheck !== undefined && healthCheck.timeout > healthCheck.interval, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('healthCheck', 'timeout'),
      given: `timeout ${healthCheck?.timeout} with interval ${healthCheck?.interval}`,
      allowed: `at most ${show('healthCheck.timeout', healthCheck?.interval ?? 0, 'seconds')}, the value of \`interval\`, so that one check ends before the next begins`,
    }),
};

/** ECS says by the first entry how a command is run. Here a text or a list says it. */
export const ECS_FORMS = ['CMD', 'CMD-SHELL', 'NONE'];

const healthCommandRuns: WorkerRule = {
  reads: ['healthCheck.command'],
  check: ({ worker: { healthCheck }, at }) => {
    const command = healthCheck?.command;
    const program = typeof command === 'string' ? command : command?.[0];
    if (program === undefined) return [];
    const isEcsForm = typeof command !== 'string' && ECS_FORMS.includes(program);
    return problemIf(program.trim() === '' || isEcsForm, {
      code: 'WATCHBOT_MALFORMED',
      place: at('healthCheck', 'command'),
      given: describeValue(command),
      allowed: RUNNABLE,
      ...(isEcsForm ? { advice: `leave ${program} out` } : {}),
    });
  },
};

const limitsAreInOrder: WorkerRule = {
  reads: ['container.ulimits.*'],
  check: ({ worker, at }) =>
    Object.entries(worker.container.ulimits).flatMap(([name, { soft, hard }]) =>
      problemIf(hard !== -1 && (soft === -1 || soft > hard), {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('container', 'ulimits', name, 'soft'),
        given: String(soft),
        allowed: `at most ${hard}, the value of \`hard\``,
        advice: 'a program may raise its soft limit as far as the hard one',
      }),
    ),
};

/** What Fargate has not. */
const platformHasIt: WorkerRule = {
  reads: ['capacity.*', 'container.sharedMemory', 'container.capabilities.*', 'container.tmpfs.*'],
  check: ({ worker, at }) => {
    const facts = factsOf(worker.capacity);
    const { name, hasSharedMemory, addableCapabilities: addable } = facts;
    const { sharedMemory, capabilities, tmpfs } = worker.container;
    const allowed = addable ?? [];
    const wrong = addable === undefined ? [] : capabilities.add.filter((each) => !addable.includes(each));
    return [
      ...problemIf(!hasSharedMemory && sharedMemory !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('container', 'sharedMemory'),
        given: `\`sharedMemory\` on ${name}`,
        allowed: '`sharedMemory` with `capacity: EC2`',
        advice:
          'remove it, or change `capacity`; a browser does without, by `--disable-dev-shm-usage`, and other programs may take a folder of `tmpfs`',
      }),
      ...problemIf(!facts.hasMemoryFolders && Object.keys(tmpfs).length > 0, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('container', 'tmpfs'),
        given: `\`tmpfs\` on ${name}`,
        allowed: '`tmpfs` with `capacity`: FARGATE or EC2',
        advice: 'remove it, or name the folders in `mounts`: they are on the disk of the instance',
      }),
      ...problemIf(wrong.length > 0, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('container', 'capabilities', 'add'),
        given: `${wrong.join(', ')} on ${name}`,
        allowed: `${allowed.join(', ')} on ${name}; any with \`capacity\`: EC2 or MANAGED`,
        advice: 'remove it, or change `capacity`',
      }),
    ];
  },
};

/** Docker gives a privileged container all of them, whatever else it is told. */
const capabilitiesAreSaidOnce: WorkerRule = {
  reads: ['privileged', 'container.capabilities.*'],
  check: ({ worker: { privileged, container }, at }) => {
    const { add, drop } = container.capabilities;
    const both = add.filter((each) => drop.includes(each));
    return [
      ...problemIf(privileged && add.length + drop.length > 0, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('container', 'capabilities'),
        given: '`capabilities` with `privileged: true`',
        allowed: 'one of the two: a privileged container has all capabilities',
        advice: 'remove `privileged`, and add the capabilities that the worker needs',
      }),
      ...problemIf(both.length > 0, {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('container', 'capabilities'),
        given: `${both.join(', ')} under both \`add\` and \`drop\``,
        allowed: 'each under one of the two',
        advice: 'remove one of them; `drop: [ALL]` leaves what `add` names',
      }),
    ];
  },
};

/** What is in these counts as memory of the task: if it fills all of that, the kernel kills the watcher, too. */
const memoryIsLeft: WorkerRule = {
  reads: ['memory', 'capacity.*', 'container.sharedMemory', 'container.tmpfs', 'sidecars.*'],
  check: ({ worker, at, show }) => {
    const memory = memoryOfWatcher(worker);
    const { sharedMemory = 0, tmpfs } = worker.container;
    const shared = factsOf(worker.capacity).hasSharedMemory ? sharedMemory : 0;
    const sum = Object.values(tmpfs).reduce((all, { size }) => all + size, shared);
    if (memory === undefined || sum === 0 || sum + WATCHER_MEMORY_MIB <= memory) return [];
    const inMemory = (mib: number) => show('memory', mib, 'MiB');
    return [
      {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('container', Object.keys(tmpfs).length > 0 ? 'tmpfs' : 'sharedMemory'),
        given: `${inMemory(sum)} of memory ${inMemory(memory)}`,
        allowed: `at most ${inMemory(Math.max(0, memory - WATCHER_MEMORY_MIB))} for \`tmpfs\` and \`sharedMemory\` together, so that the watcher has some`,
        advice: 'make them smaller, or raise `memory`',
      },
    ];
  },
};

const tmpfsIsSafe: WorkerRule = {
  reads: ['container.tmpfs', 'mounts.*', 'exec', 'writableFilesystem'],
  check: ({ worker, given, at }) =>
    Object.keys(given.container?.tmpfs ?? {}).flatMap((folder, index, all): Problem[] => {
      const place = at('container', 'tmpfs');
      const allowed = whatMountMayBe(folder);
      if (allowed !== undefined)
        return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(folder), allowed }];
      const path = withoutSlash(folder);
      const others = [...mountedIn(worker), ...all.slice(0, index).map(withoutSlash)];
      const other = others.find((mount) => areNested(path, mount));
      return problemIf(other !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: `${describeValue(folder)} beside ${other}`,
        allowed: 'a folder apart from `mounts` and from others of `tmpfs`',
        advice: 'choose another folder',
      });
    }),
};

const mountedIn = ({ mounts, exec, writableFilesystem }: Worker): readonly string[] =>
  writableFilesystem ? [] : [...mounts, ...(exec ? EXEC_FOLDERS : [])];

/** Mounts are emptied after a job, and in memory there is nothing at first: a folder in one of them would be gone. */
const workingDirectoryStays: WorkerRule = {
  reads: [
    'container.workingDirectory',
    'container.tmpfs',
    'mounts.*',
    'volumes.*',
    'exec',
    'writableFilesystem',
  ],
  check: ({ worker, at }) => {
    const { workingDirectory: folder, tmpfs } = worker.container;
    if (typeof folder !== 'string') return [];
    const problem = { code: 'WATCHBOT_MALFORMED', place: at('container', 'workingDirectory') } as const;
    const path = withoutSlash(folder);
    const isPath = folder === '/' || /^(\/[^/\0]+)+$/.test(path);
    if (!isPath || path.split('/').some((part) => part === '.' || part === '..')) {
      const allowed = 'an absolute path without `.`, `..` and `//`';
      return [{ ...problem, given: describeValue(folder), allowed }];
    }
    const empty = worker.volumes.filter(({ kind }) => kind === 'ebs' || kind === 'shared');
    const emptied = [...mountedIn(worker), ...Object.keys(tmpfs), ...empty.map((each) => each.path)].find(
      (mount) => path !== mount && isWithin(path, mount),
    );
    return problemIf(emptied !== undefined, {
      ...problem,
      given: `${describeValue(folder)}, in ${emptied}`,
      allowed: `a folder of the image, or ${emptied} itself, which is emptied`,
    });
  },
};

const HOST =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (extraHosts) */
const hostsCanBeKnown: WorkerRule = {
  reads: ['capacity.*', 'vpc', 'container.hosts.*'],
  check: ({ worker, configuration, at }) => {
    const hosts = Object.entries(worker.container.hosts);
    const { name, mayKnowHosts } = factsOf(worker.capacity);
    if (hosts.length > 0 && (!mayKnowHosts || hasOwnInterface(configuration, worker))) {
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place: at('container', 'hosts'),
          given: `\`hosts\` on ${name}${mayKnowHosts ? ' with `vpc`' : ''}`,
          allowed:
            '`hosts` with `capacity: EC2` and without `vpc`: ECS takes none where tasks have an interface of their own',
          advice: 'give the names in a private hosted zone of the VPC: `AWS::Route53::HostedZone`',
        },
      ];
    }
    return hosts.flatMap(([host, address]) => [
      ...problemIf(!HOST.test(host), {
        code: 'WATCHBOT_MALFORMED',
        place: at('container', 'hosts'),
        given: describeValue(host),
        allowed: 'the name of a host, like db.internal',
      }),
      ...problemIf(typeof address === 'string' && isIP(address) === 0, {
        code: 'WATCHBOT_MALFORMED',
        place: at('container', 'hosts', host),
        given: describeValue(address),
        allowed: 'an address like 10.0.0.5, or a CloudFormation function that gives one',
      }),
    ]);
  },
};

export const CONTAINER_RULES: readonly WorkerRule[] = [
  oneJobInAFreshContainer,
  healthCheckFits,
  healthCommandRuns,
  limitsAreInOrder,
  platformHasIt,
  capabilitiesAreSaidOnce,
  memoryIsLeft,
  tmpfsIsSafe,
  workingDirectoryStays,
  hostsCanBeKnown,
];
