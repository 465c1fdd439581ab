/** Lines as they come, for tests that wait for one. */
export interface Lines {
  all: string[];
  add: (line: string) => void;
  /** Resolves to the first line that matches, come or still to come; rejects after the time, showing what came. */
  find(pattern: RegExp | string, timeoutMs?: number): Promise<string>;
  /** How many have come that match. */
  count(pattern: RegExp): number;
}

export function collectLines(): Lines {
  const all: string[] = [];
  const waiting = new Set<() => void>();
  return {
    all,
    add: (line) => {
      all.push(line);
      waiting.forEach((check) => {
        check();
      });
    },
    find: (pattern, timeoutMs = 20_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`no line like ${String(pattern)} came; there were:\n${all.join('\n')}`));
        }, timeoutMs);
        const check = () => {
          const found = all.find((line) =>
            typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line),
          );
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    count: (pattern) => all.filter((line) => pattern.test(line)).length,
  };
}
