/** Collects lines, for tests that wait for one. */
export interface Lines {
  all: string[];
  add: (line: string) => void;
  /** Resolves to the first line that matches. Rejects after `timeoutMs`, with the lines that came. */
  find(pattern: RegExp | string, timeoutMs?: number): Promise<string>;
  /** Resolves when `count` lines have matched. Rejects after `timeoutMs`, with the lines that came. */
  findAll(count: number, pattern: RegExp | string, timeoutMs?: number): Promise<string[]>;
  /** How many lines have matched so far. */
  count(pattern: RegExp): number;
}

const TIMEOUT_MS = 50_000;

/** Number of lines in an error: a test may write megabytes. */
const MOST_SHOWN = 200;

export function collectLines(): Lines {
  const all: string[] = [];
  const waiting = new Set<() => void>();
  const matching = (pattern: RegExp | string) =>
    all.filter((line) => (typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line)));
  const findAll = (count: number, pattern: RegExp | string, timeoutMs = TIMEOUT_MS) =>
    new Promise<string[]>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check);
        const shown = all.slice(-MOST_SHOWN).map((line) => line.slice(0, 1000));
        const wanted = count === 1 ? 'no line' : `only ${matching(pattern).length} of ${count} lines`;
        reject(new Error(`${wanted} like ${String(pattern)} came; there were:\n${shown.join('\n')}`));
      }, timeoutMs);
      const check = () => {
        const found = matching(pattern);
        if (found.length < count) return;
        clearTimeout(timer);
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  return {
    all,
    add: (line) => {
      all.push(line);
      waiting.forEach((check) => {
        check();
      });
    },
    find: async (pattern, timeoutMs) => (await findAll(1, pattern, timeoutMs))[0]!,
    findAll,
    count: (pattern) => matching(pattern).length,
  };
}
