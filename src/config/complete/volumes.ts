import type { TextOrIntrinsic, WorkerInput } from '../configuration';
import { DISK_DEFAULTS, type Volume } from '../volumes';
import { withoutSlash } from './task';

type VolumeInput = WorkerInput['volumes'][string];

/** The volumes, in the order of the file. */
export const completeVolumes = ({
  volumes,
  handler,
}: Pick<WorkerInput, 'volumes' | 'handler'>): readonly Volume[] =>
  Object.entries(volumes).map(([name, input]) => completeVolume(name, input, handler !== undefined));

/** Of several kinds the first counts: a rule refuses the others. */
function completeVolume(name: string, input: VolumeInput, hasHandler: boolean): Volume {
  const { readOnly = false, emptied } = input;
  const mounted = { name, path: withoutSlash(input.path), readOnly };
  if (input.efs !== undefined) return { ...mounted, emptied: false, ...fileSystem(input, input.efs) };
  if (isDisk(input)) {
    // What came from a snapshot is there to be read, and a warm worker may keep files between two messages.
    const isNew = input.snapshot === undefined && !readOnly && !hasHandler;
    return { ...mounted, emptied: emptied ?? isNew, ...disk(input) };
  }
  if (input.host !== undefined) return { ...mounted, emptied: false, kind: 'host', host: input.host };
  return { ...mounted, emptied: emptied ?? false, kind: 'shared' };
}

const isDisk = ({ ebs, snapshot }: VolumeInput) => ebs !== undefined || snapshot !== undefined;

const fileSystem = (input: VolumeInput, efs: TextOrIntrinsic) => ({
  kind: 'efs' as const,
  efs,
  accessPoint: input.accessPoint,
  root: input.root,
  iam: input.iam ?? true,
  rootAccess: input.rootAccess ?? false,
  securityGroup: input.securityGroup,
});

const disk = ({ ebs, iops, throughput, kmsKey, snapshot, ...others }: VolumeInput) => ({
  kind: 'ebs' as const,
  ebs,
  type: others.type ?? DISK_DEFAULTS.type,
  iops,
  throughput,
  encrypted: others.encrypted ?? DISK_DEFAULTS.encrypted,
  kmsKey,
  filesystem: others.filesystem ?? DISK_DEFAULTS.filesystem,
  snapshot,
});
