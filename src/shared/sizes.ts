/** Bytes. */
export const KIB = 1024;
export const MIB = 1024 * KIB;

/** `512 B`, `1.5 KiB`, `2.0 MiB` */
export function describeSize(bytes: number): string {
  if (bytes < KIB) return `${bytes} B`;
  return bytes < MIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}
