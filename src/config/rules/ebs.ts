import type { Problem } from '../../errors/problem';
import { describeRange } from '../limits';
import { limitsOf, type Disk } from '../volumes';
import { problemIf, type WorkerRule } from './rule';

const diskIsOne: WorkerRule = {
  reads: ['volumes.*'],
  check: ({ worker, at }) =>
    worker.volumes
      .filter(({ kind }) => kind === 'ebs')
      .slice(1)
      .map(({ name }) => ({
        code: 'WATCHBOT_CONTRADICTION' as const,
        place: at('volumes', name),
        given: 'a second volume with `ebs`',
        allowed: 'one: ECS attaches one EBS volume to a task',
        advice: 'make the other one larger, and use folders in it',
      })),
};

/** What EBS refuses when a task starts. */
const diskIsPossible: WorkerRule = {
  reads: ['volumes.*'],
  check: (subject) =>
    subject.worker.volumes.flatMap((volume) => {
      if (volume.kind !== 'ebs') return [];
      const place = (key: string) => subject.at('volumes', volume.name, key);
      return [
        ...sizeProblems(volume, place, (gib) => subject.show(`volumes.${volume.name}.ebs`, gib, 'GiB')),
        ...performanceProblems(volume, place),
        ...problemIf(volume.kmsKey !== undefined && !volume.encrypted, {
          code: 'WATCHBOT_CONTRADICTION',
          place: place('kmsKey'),
          given: '`kmsKey` with `encrypted: false`',
          allowed: '`kmsKey` of a volume that is encrypted',
          advice: 'remove one of the two',
        }),
      ];
    }),
};

type PlaceOf = (key: string) => string;

function sizeProblems({ ebs, type }: Disk, place: PlaceOf, show: (gib: number) => string): Problem[] {
  const [minimum, maximum] = limitsOf(type).sizeGiB;
  return problemIf(ebs !== undefined && ebs < minimum, {
    code: 'WATCHBOT_OUT_OF_RANGE',
    place: place('ebs'),
    given: show(ebs ?? 0),
    allowed: `${describeRange({ minimum, maximum }, show)} with type ${type}`,
  });
}

function performanceProblems(disk: Disk, place: PlaceOf): Problem[] {
  const { type, throughput } = disk;
  return [
    ...iopsProblems(disk, place),
    ...problemIf(throughput !== undefined && limitsOf(type).throughputMiB === undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: place('throughput'),
      given: `\`throughput\` with type ${type}`,
      allowed: '`throughput` with type gp3',
      advice: 'remove it, or change `type`',
    }),
  ];
}

function iopsProblems({ ebs, type, iops }: Disk, place: PlaceOf): Problem[] {
  const { iops: possible, iopsPerGiB = 0 } = limitsOf(type);
  if (possible === undefined) {
    return problemIf(iops !== undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: place('iops'),
      given: `\`iops\` with type ${type}`,
      allowed: '`iops` with type gp3, io1 or io2',
      advice: 'remove it, or change `type`',
    });
  }
  const [minimum, most] = possible;
  const maximum = ebs === undefined ? most : Math.min(most, Math.max(minimum, ebs * iopsPerGiB));
  const ofSize = maximum < most ? ` and ${ebs} GiB` : '';
  const allowed = `${describeRange({ minimum, maximum })} with type ${type}${ofSize}`;
  if (iops === undefined) {
    const problem = { code: 'WATCHBOT_MISSING_KEY' as const, place: place('iops'), allowed };
    return problemIf(type !== 'gp3', { ...problem, advice: 'add it, or take type gp3' });
  }
  return problemIf(iops < minimum || iops > maximum, {
    code: 'WATCHBOT_OUT_OF_RANGE',
    place: place('iops'),
    given: String(iops),
    allowed,
  });
}

export const EBS_RULES: readonly WorkerRule[] = [diskIsOne, diskIsPossible];
