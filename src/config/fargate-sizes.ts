/**
 * The CPU and memory pairs that Fargate takes.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
interface MemoryRange {
  /** MiB */
  from: number;
  to: number;
  step: number;
}

const GIB = 1024;

const MEMORY_BY_CPU: Readonly<Record<number, readonly number[] | MemoryRange>> = {
  256: [512, 1 * GIB, 2 * GIB],
  512: { from: 1 * GIB, to: 4 * GIB, step: GIB },
  1024: { from: 2 * GIB, to: 8 * GIB, step: GIB },
  2048: { from: 4 * GIB, to: 16 * GIB, step: GIB },
  4096: { from: 8 * GIB, to: 30 * GIB, step: GIB },
  8192: { from: 16 * GIB, to: 60 * GIB, step: 4 * GIB },
  16384: { from: 32 * GIB, to: 120 * GIB, step: 8 * GIB },
};

/** CPU units that a Fargate task may have. */
export const FARGATE_CPU_UNITS: readonly number[] = Object.keys(MEMORY_BY_CPU).map(Number);

export function isFargateSize(cpu: number, memoryMiB: number): boolean {
  const allowed = MEMORY_BY_CPU[cpu];
  if (allowed === undefined) return false;
  if (isList(allowed)) return allowed.includes(memoryMiB);
  const { from, to, step } = allowed;
  return memoryMiB >= from && memoryMiB <= to && (memoryMiB - from) % step === 0;
}

/** In words, for an error: "512, 1024 or 2048" or "1024 to 4096 in steps of 1024". */
export function describeFargateMemory(cpu: number): string {
  const allowed = MEMORY_BY_CPU[cpu];
  if (allowed === undefined) return `none with cpu ${cpu}`;
  if (isList(allowed)) return `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`;
  return `${allowed.from} to ${allowed.to} in steps of ${allowed.step}`;
}

function isList(allowed: readonly number[] | MemoryRange): allowed is readonly number[] {
  return Array.isArray(allowed);
}
