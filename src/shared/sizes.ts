/** Bytes. */
export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

const UNIT_BYTES: Readonly<Record<string, number>> = { k: KIB, m: MIB, g: GIB };
/** `GB` and `GiB` are the same, as ECS has it for the memory of a task. `15m` is 15 minutes. */
const SIZE = /^(\d{1,9}(?:\.\d{1,6})?)\s*([KMG]|[kmg](?=i?[bB]$))i?[bB]?$/;
export const SIZE_FORMS = 'a number and MB or GB: 512MB, 2GB';

/** Bytes; undefined if the text is no size. */
export function parseSize(text: string): number | undefined {
  const [, count, unit] = SIZE.exec(text) ?? [];
  const bytes = UNIT_BYTES[unit?.toLowerCase() ?? ''];
  return count === undefined || bytes === undefined ? undefined : Number(count) * bytes;
}

/** `512 B`, `1.5 KiB`, `2.0 MiB` */
export function describeSize(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  return bytes < MIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}
