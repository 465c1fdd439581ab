import { describeValue, type Problem } from '../../errors/problem';
import { factsOf, isInNetwork } from '../capacity';
import { withoutSlash } from '../complete/task';
import { isIntrinsic, type GivenWorker } from '../configuration';
import { DEFAULT_MOUNT, EXEC_FOLDERS } from '../defaults';
import { ownId } from '../functions';
import { hostVolume } from '../other-words/volumes';
import { areNested, isPlainPath, isWithin, whatMountMayBe } from './folders';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

const mountsAreSafe: WorkerRule = {
  reads: ['mounts.*'],
  check: ({ given, at }) =>
    (given.mounts ?? []).flatMap((mount, index) => unsafeFolder(mount, at('mounts', String(index)))),
};

function unsafeFolder(path: string, place: string): Problem[] {
  const allowed = whatMountMayBe(path);
  if (allowed === undefined) return [];
  const meant = hostVolume(path);
  const advice = meant === undefined ? undefined : `for a folder of the host, on EC2, write ${meant}`;
  return [
    { code: 'WATCHBOT_MALFORMED', place, given: describeValue(path), allowed, ...(advice && { advice }) },
  ];
}

/** To empty the outer one of two mounts the inner one would have to be removed, which is not possible. */
const mountsAreApart: WorkerRule = {
  reads: ['mounts.*', 'exec'],
  check: ({ worker: { exec }, given: { mounts = [] }, at }) => {
    const own = mounts.filter((mount) => whatMountMayBe(mount) === undefined).map(withoutSlash);
    const all = [DEFAULT_MOUNT, ...own, ...(exec ? EXEC_FOLDERS : [])];
    return mounts.flatMap((mount, index): Problem[] => {
      if (whatMountMayBe(mount) !== undefined) return [];
      const path = withoutSlash(mount);
      const other = all.find((folder) => folder !== path && areNested(path, folder));
      // If both are the user's own, the error is about the inner one.
      if (other === undefined || (own.includes(other) && !isWithin(path, other))) return [];
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place: at('mounts', String(index)),
          given: `${describeValue(mount)} beside ${other}`,
          allowed: 'folders that are not in one another',
          advice: isWithin(path, other)
            ? `remove it: ${other} can be written to as a whole`
            : 'choose another folder',
        },
      ];
    });
  },
};

type GivenVolume = NonNullable<NonNullable<GivenWorker['volumes']>[string]>;

/** The volumes as they were typed; of one that is no map nothing. */
const givenVolumes = ({ given }: RuleSubject): [string, GivenVolume][] =>
  Object.entries(given.volumes ?? {}).map(([name, volume]) => [name, volume ?? {}]);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html; the plugin's own are called `mount-1` and so on. */
const VOLUME_NAME = /^(?!mount-\d+$)[A-Za-z0-9_-]{1,255}$/;

const volumesHaveNames: WorkerRule = {
  reads: ['volumes.*'],
  check: (subject) =>
    givenVolumes(subject)
      .filter(([name]) => !VOLUME_NAME.test(name))
      .map(([name]) => ({
        code: 'WATCHBOT_MALFORMED' as const,
        place: subject.at('volumes', name),
        given: describeValue(name),
        allowed:
          'a name of at most 255 letters, digits, dashes and underscores, other than those of `mounts` (mount-1)',
      })),
};

/** By what a volume is: `snapshot` alone is an EBS volume of its size, too. */
const KEYS = {
  efs: ['accessPoint', 'root', 'iam', 'rootAccess', 'securityGroup'],
  ebs: ['snapshot', 'type', 'iops', 'throughput', 'encrypted', 'kmsKey', 'filesystem'],
  host: [],
} as const;
const KINDS = ['efs', 'ebs', 'host'] as const;

const volumesAreOfOneKind: WorkerRule = {
  reads: ['volumes.*'],
  check: (subject) =>
    givenVolumes(subject).flatMap(([name, volume]) => {
      const place = subject.at('volumes', name);
      const kinds = KINDS.filter((kind) => volume[kind] !== undefined);
      if (kinds.length > 1) {
        const given = kinds.map((kind) => `\`${kind}\``).join(' and ');
        return [
          {
            code: 'WATCHBOT_CONTRADICTION' as const,
            place,
            given,
            allowed: 'one of `efs`, `ebs` and `host`, or none of them for a folder of the task',
            advice: 'make a volume of each, with a name and a path of its own',
          },
        ];
      }
      return foreignKeys(volume, place);
    }),
};

/** Keys of another kind than the volume is. */
function foreignKeys(volume: GivenVolume, place: string): Problem[] {
  const isSnapshot = volume.ebs === undefined && volume.snapshot !== undefined;
  const kind = KINDS.find((key) => volume[key] !== undefined) ?? (isSnapshot ? 'ebs' : undefined);
  return KINDS.filter((other) => other !== kind).flatMap((other) =>
    KEYS[other]
      .filter((key) => volume[key] !== undefined)
      .map((key) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: `${place}.${key}`,
        given: `\`${key}\` ${kind === undefined ? 'without' : `beside \`${kind}\`, and not`} \`${other}\``,
        allowed: `\`${key}\` of a volume with \`${other}\``,
        advice: kind === undefined ? `add \`${other}\`, or remove it` : 'remove it',
      })),
  );
}

const volumesAreSafe: WorkerRule = {
  reads: ['volumes.*'],
  check: (subject) =>
    givenVolumes(subject).flatMap(([name, { path, host, root }]) => {
      const place = (key: string) => subject.at('volumes', name, key);
      return [
        ...(path === undefined ? [] : unsafeFolder(path, place('path'))),
        ...(host === undefined || host === '/' || isPlainPath(withoutSlash(host))
          ? []
          : [notPlain(host, place('host'))]),
        ...(root === undefined || root === '/' || isPlainPath(withoutSlash(root))
          ? []
          : [notPlain(root, place('root'))]),
      ];
    }),
};

const notPlain = (path: string, place: string): Problem => ({
  code: 'WATCHBOT_MALFORMED',
  place,
  given: describeValue(path),
  allowed: 'an absolute path without `.`, `..`, `//`, `,` or `:`',
});

/**
 * A volume within a folder that is emptied would be emptied with it. Others are refused as well: what is mounted first would
 * have to have the folder for the second.
 */
const volumesAreApart: WorkerRule = {
  reads: ['volumes.*', 'mounts.*', 'exec', 'container.tmpfs'],
  check: (subject) => {
    const { worker, at } = subject;
    const named = givenVolumes(subject).flatMap(([name, { path }]) =>
      path === undefined || whatMountMayBe(path) !== undefined ? [] : [{ name, path: withoutSlash(path) }],
    );
    const mounts = [
      ...[DEFAULT_MOUNT, ...worker.mounts, ...(worker.exec ? EXEC_FOLDERS : [])],
      ...Object.keys(worker.container.tmpfs).map(withoutSlash),
    ];
    return named.flatMap(({ name, path }, index): Problem[] => {
      const before = named.slice(0, index).find((other) => areNested(path, other.path));
      const mount = mounts.find((folder) => areNested(path, folder));
      if (before === undefined && mount === undefined) return [];
      const other = mount ?? `${before?.path} (${before?.name})`;
      return [
        {
          code: 'WATCHBOT_CONTRADICTION',
          place: at('volumes', name, 'path'),
          given: `${describeValue(path)} beside ${other}`,
          allowed: 'folders that are not in one another',
          advice: adviceBeside(path, mount, worker.mounts),
        },
      ];
    });
  },
};

function adviceBeside(path: string, mount: string | undefined, mounts: readonly string[]): string {
  if (mount === DEFAULT_MOUNT)
    return `choose a folder outside ${DEFAULT_MOUNT}; programs that use it for large files take another one from TMPDIR, under \`environment\``;
  return mount === path && mounts.includes(mount)
    ? 'remove it from `mounts`: the volume is mounted there'
    : 'choose another folder';
}

/** What outlives a task belongs to somebody else, too. */
const onlyScratchIsEmptied: WorkerRule = {
  reads: ['volumes.*', 'handler'],
  check: (subject) =>
    givenVolumes(subject).flatMap(([name, { emptied, efs, host, readOnly }]) => {
      if (emptied !== true) return [];
      const kept = efs !== undefined ? 'efs' : host !== undefined ? 'host' : undefined;
      const problem = {
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: subject.at('volumes', name, 'emptied'),
        allowed: '`emptied: true` of a volume that ends with its task: with `ebs`, or with `path` alone',
        advice: 'remove it',
      };
      if (kept !== undefined)
        return [
          { ...problem, given: `true, with \`${kept}\`, which outlives the task and is never emptied` },
        ];
      if (readOnly === true) return [{ ...problem, given: 'true, with `readOnly: true`' }];
      return problemIf(subject.worker.handler !== undefined, {
        ...problem,
        given: 'true, with `handler`: a warm worker may keep files between two messages',
        allowed: '`emptied: true` with `command`',
      });
    }),
};

const efsIsReachable: WorkerRule = {
  reads: ['volumes.*', 'vpc', 'capacity.*'],
  check: (subject) =>
    givenVolumes(subject).flatMap(([name, volume]) => [
      ...unreachable(subject, name, volume),
      ...unknownTasks(subject, name, volume),
    ]),
};

/** In the network that the plugin makes, only a file system of the same template can have mount targets. */
function unreachable(
  { worker, configuration, at }: RuleSubject,
  name: string,
  { efs }: GivenVolume,
): Problem[] {
  const { vpc, context } = configuration;
  if (efs === undefined || vpc !== undefined || !isInNetwork(configuration, worker)) return [];
  const isOwn = isIntrinsic(efs) && ownId(efs, 'AWS::EFS::FileSystem', context.resources) !== undefined;
  return problemIf(!isOwn, {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('volumes', name, 'efs'),
    given: `${describeValue(efs)} without \`vpc\`: the tasks would run in a new network, where it has no mount target`,
    allowed: 'a file system with tasks in the network of its mount targets',
    advice: 'give that network: `vpc: {subnets: [ID], securityGroups: [ID]}`',
  });
}

/** A rule names the group from which it lets in. */
function unknownTasks(
  { worker, configuration, at }: RuleSubject,
  name: string,
  volume: GivenVolume,
): Problem[] {
  const { vpc } = configuration;
  if (volume.securityGroup === undefined || volume.efs === undefined) return [];
  const problem = {
    code: 'WATCHBOT_CONTRADICTION' as const,
    place: at('volumes', name, 'securityGroup'),
    given: `${describeValue(volume.securityGroup)}, and the tasks have no security group that is known`,
  };
  if (!isInNetwork(configuration, worker)) {
    const allowed = '`securityGroup` for tasks with a network of their own, by `vpc`';
    const advice = 'remove it, and let the instances in where the group is made: TCP port 2049';
    return [{ ...problem, allowed, advice }];
  }
  const allowed = '`securityGroup` for tasks with `vpc.securityGroups`';
  return problemIf(vpc !== undefined && vpc.securityGroups === undefined, {
    ...problem,
    allowed,
    advice: 'give the tasks one: `vpc: {securityGroups: [ID]}`',
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSAuthorizationConfig.html */
const efsIsConsistent: WorkerRule = {
  reads: ['volumes.*'],
  check: (subject) =>
    givenVolumes(subject).flatMap(([name, { efs, accessPoint, root, iam, rootAccess }]) => {
      if (efs === undefined) return [];
      const code = 'WATCHBOT_CONTRADICTION' as const;
      return [
        ...problemIf(accessPoint !== undefined && root !== undefined && root !== '/', {
          code,
          place: subject.at('volumes', name, 'root'),
          given: '`root` beside `accessPoint`',
          allowed: 'one of the two: an access point has a folder of its own',
          advice: 'remove `root`',
        }),
        ...problemIf(iam === false && rootAccess === true, {
          code,
          place: subject.at('volumes', name, 'rootAccess'),
          given: 'true, with `iam: false`',
          allowed: '`rootAccess` with `iam`: it is a permission of the task role',
          advice: 'remove one of the two',
        }),
      ];
    }),
};

const hostNeedsInstances: WorkerRule = {
  reads: ['volumes.*', 'capacity.*'],
  check: ({ worker, at }) =>
    worker.volumes
      .filter(({ kind }) => kind === 'host' && !factsOf(worker.capacity).hasHostFolders)
      .map(({ name }) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: at('volumes', name, 'host'),
        given: `\`host\` on ${factsOf(worker.capacity).name}, where tasks are given no folder of their instance`,
        allowed: '`host` with `capacity: EC2`',
        advice: 'use `efs` for what tasks share, or remove `host` for a folder of the task alone',
      })),
};

export const VOLUME_RULES: readonly WorkerRule[] = [
  mountsAreSafe,
  mountsAreApart,
  volumesHaveNames,
  volumesAreOfOneKind,
  volumesAreSafe,
  volumesAreApart,
  onlyScratchIsEmptied,
  efsIsReachable,
  efsIsConsistent,
  hostNeedsInstances,
];
