import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Snippet } from './pages';

/** Stands for the id of a message: what is run gets a real one in its place. */
export const MESSAGE_ID = 'MESSAGE_ID';

/** A program that a line calls, with its arguments as the shell gives them. */
export interface Call {
  at: string;
  kind: string | undefined;
  program: string;
  args: readonly string[];
}

/**
 * Says what it was called with, in one write: the programs of a pipe run at the same time. Nothing is done, nothing is
 * read, nothing is answered.
 */
const RECORDER = `#!/bin/sh
printf '%s\\0' "\${0##*/}" "$@" "$END" >> "$RECORD"
`;

const END = '\u001e';

/** Folders of the reader are not here. */
const PRELUDE = 'cd() { :; }\n';

/** Files that lines read. */
const FILES = ['messages.jsonl', 'orders.jsonl', 'event.json', 'log.txt', 'arrivals.txt'];

/**
 * The calls of a block: a shell runs it, with a recorder in place of every program but the shell's own. So quotes,
 * pipes and variables are what a reader's shell makes of them.
 * @param folder for the recorder; empty
 * @param programs what lines may call
 * @throws where the shell takes offence, such as at a program that is not known here
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
