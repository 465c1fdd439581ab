import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pythonScript } from './python';
import { endsWithTest, frameworkCommand, type Framework } from './framework';

/** A command that runs in its own terminal. */
export interface TerminalRun {
  /** Resolves when the text has been shown since the last call. Colours and cursor moves are ignored. */
  see(text: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Everything shown so far, with escape sequences. */
  raw(): string;
  type(keys: string): void;
  /** Closes the terminal, as closing its window does. */
  close(): void;
  ended: Promise<number>;
}

export const Key = { enter: '\r', down: '\u001b[B', controlC: '\u0003' } as const;

const TIMEOUT_MS = 30_000;

/** Starts a command of the framework in a terminal. It needs only Python itself. */
export function startInTerminal(
  framework: Framework,
  args: readonly string[],
  {
    folder,
    environment = {},
    columns = 80,
    rows = 40,
  }: { folder: string; environment?: Record<string, string>; columns?: number; rows?: number },
): TerminalRun {
  const command = frameworkCommand(framework, args, {
    folder,
    environment: { TERM: 'xterm-256color', ...environment },
  });
  const child = spawn(
    'python3',
    [pythonScript('terminal.py'), String(columns), String(rows), command.program, ...command.args],
    { cwd: folder, env: command.env, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  endsWithTest(child);
  let all = '';
  let from = 0;
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    waiting.forEach((check) => {
      check();
    });
  });
  child.stdin.on('error', () => {
    // The command has already ended.
  });
  const see = (wanted: string | RegExp, timeoutMs = TIMEOUT_MS) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check);
        reject(new Error(`the terminal did not show ${String(wanted)}, but:\n${plain(all.slice(from))}`));
      }, timeoutMs);
      const check = () => {
        const shown = plain(all.slice(from));
        if (typeof wanted === 'string' ? !shown.includes(wanted) : !wanted.test(shown)) return;
        from = all.length;
        clearTimeout(timer);
        waiting.delete(check);
        resolve(shown);
      };
      waiting.add(check);
      check();
    });
  return {
    see,
    raw: () => all,
    type: (keys) => child.stdin.write(keys),
    close: () => child.stdin.end(),
    ended: once(child, 'close').then(([code]) => code as number),
  };
}

// eslint-disable-next-line no-control-regex -- matches escape sequences
const plain = (text: string) => text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
