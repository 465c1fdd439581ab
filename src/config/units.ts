import { DAY_SECONDS, DURATION_FORMS, parseDuration, parseSeconds, TIME_UNITS } from '../shared/durations';
import { GIB, KIB, MIB, parseSize, SIZE_FORMS } from '../shared/sizes';

/** What a number of the section counts. */
export type Unit = 'seconds' | 'days' | 'bytes' | 'MiB' | 'GiB' | 'CPU units';

interface Reader {
  read: (text: string) => number | undefined;
  /** A number of this unit as its user may type it. */
  show: (count: number) => string;
  /** What texts may look like. */
  forms: string;
  /** What stands behind the number, for an editor: what is close to it is told by the plugin itself. */
  pattern: string;
}

const VCPU_UNITS = 1024;
const VCPU = /^(\d*\.?\d+)\s*vcpus?$/i;

const size = (bytes: number): Reader => ({
  read: (text) => inUnits(parseSize(text), bytes),
  show: (count) => showSize(count * bytes),
  forms: SIZE_FORMS,
  pattern: '[KMG]i?B?',
});

const READERS: Record<Unit, Reader> = {
  seconds: {
    read: parseSeconds,
    show: showSeconds,
    forms: DURATION_FORMS,
    pattern: '[smhd].*',
  },
  days: {
    read: (text) => inUnits(parseDuration(text), DAY_SECONDS),
    show: (count) => `${count}d`,
    forms: 'a number and d: 14d',
    pattern: 'd|days?',
  },
  bytes: size(1),
  MiB: size(MIB),
  GiB: size(GIB),
  'CPU units': {
    read: (text) => {
      const count = VCPU.exec(text)?.[1];
      return count === undefined ? undefined : Number(count) * VCPU_UNITS;
    },
    show: (count) => `${count / VCPU_UNITS} vCPU`,
    forms: 'a number and vCPU: 0.5 vCPU',
    pattern: 'v[Cc][Pp][Uu]s?',
  },
};

/** So many of the unit as a text says: 900 of `15m` in seconds; undefined if the text says no such thing. */
export const readQuantity = (text: string, unit: Unit): number | undefined => READERS[unit].read(text);

/** So many of the unit, in words of the unit's own: `15m` of 900 seconds. */
export const showQuantity = (count: number, unit: Unit): string => READERS[unit].show(count);

/** A number as its user typed one beside it: in the unit of the unit's own words if there were such words. */
export const showLike = (typed: unknown, count: number, unit: Unit): string =>
  typeof typed === 'string' && /[a-z]/i.test(typed) ? showQuantity(count, unit) : String(count);

/** How texts of the unit look. */
export const formsOf = (unit: Unit): string => READERS[unit].forms;

const inUnits = (whole: number | undefined, unit: number) => (whole === undefined ? undefined : whole / unit);

/** In the largest unit of which it is a whole number. */
function showSeconds(seconds: number): string {
  const unit = TIME_UNITS.find(({ seconds: whole }) => seconds >= whole && seconds % whole === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / unit.seconds}${unit.letter}`;
}

function showSize(bytes: number): string {
  if (bytes < MIB) return `${bytes / KIB}KB`;
  return bytes >= GIB && bytes % GIB === 0 ? `${bytes / GIB}GB` : `${bytes / MIB}MB`;
}

/** A pattern of the texts, for editors. */
export const patternOf = (unit: Unit): string => `^\\d*\\.?\\d+ ?(${READERS[unit].pattern})$`;
