import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Snippet } from './pages';

/** A placeholder for the id of a message. Commands that are run get a real one. */
export const MESSAGE_ID = 'MESSAGE_ID';

/** A call of a program in a shell block, with its arguments as the shell passes them. */
export interface Call {
  at: string;
  kind: string | undefined;
  program: string;
  args: readonly string[];
}

/**
 * Records its name and arguments, and does nothing else. It writes once, since the programs of a pipe run at the same
 * time.
 */
const RECORDER = `#!/bin/sh
printf '%s\\0' "\${0##*/}" "$@" "$END" >> "$RECORD"
`;

const END = '\u001e';

/** Makes `cd` do nothing, since the reader's folders do not exist here. */
const PRELUDE = 'cd() { :; }\n';

/** Files that lines read. */
const FILES = ['messages.jsonl', 'orders.jsonl', 'event.json', 'log.txt', 'arrivals.txt'];

/**
 * Runs a block in a shell in which every program is a recorder, so that quotes, pipes and variables work as in a
 * reader's shell.
 * @param folder an empty folder for the recorder
 * @param programs programs that lines may call
 * @returns the calls of the block
 * @throws if the shell fails, for example because a program is unknown
 */
export function callsOf(
  { at, kind, text }: Snippet,
  { folder, programs }: { folder: string; programs: readonly string[] },
): Call[] {
  const bin = path.join(folder, 'bin');
  const record = path.join(folder, 'record');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(bin, { recursive: true });
  writeFileSync(record, '');
  writeFileSync(path.join(bin, 'recorder'), RECORDER);
  chmodSync(path.join(bin, 'recorder'), 0o755);
  for (const program of programs) symlinkSync('recorder', path.join(bin, program));
  for (const file of FILES) writeFileSync(path.join(folder, file), '');
  const { status, stderr } = spawnSync('/bin/sh', ['-ec', `${PRELUDE}${text}`], {
    cwd: folder,
    env: { PATH: bin, RECORD: record, END, MESSAGE_ID, HOME: folder },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${at}: ${stderr}`);
  return readFileSync(record, 'utf8')
    .split(`${END}\0`)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [program = '', ...args] = entry.split('\0').slice(0, -1);
      return { at, kind, ...frameworkCall(program, args) };
    });
}

const FRAMEWORKS = ['sls', 'osls', 'serverless'];

/** The framework has several names, and may be called through npx. */
function frameworkCall(program: string, args: readonly string[]): Pick<Call, 'program' | 'args'> {
  if (program === 'npx' && FRAMEWORKS.includes(args[0] ?? '')) return { program: 'sls', args: args.slice(1) };
  return { program: FRAMEWORKS.includes(program) ? 'sls' : program, args };
}
