import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describeReceives, finishRun, mostReceives } from '../finish.mjs';
import { bodies, drained, until } from '../run.mjs';

const SHORT_MS = 6_000;
/** Failures to wait for. The watcher pauses between two tries, and tries one message at a time. */
const PLENTY_FAIL = 3;
/** How many more files may be open in the end: connections to SQS come and go, but files of workers must be closed. */
const MORE_FILES = 10;
/** Each message meets one of the two shortages. Waits double from 2 s on. */
const MOST_RECEIVES = 5;

/** For a while the watcher cannot open files: none for messages, pipes or connections. */
export async function files(run) {
  const { queue, watchers, random } = run;
  const watcher = watchers.start({ concurrency: 4 });
  const third = Math.round(run.messages / 3);
  await queue.send(bodies(third, random));
  await drained(run);
  const openBefore = openFiles(watcher);
  const limitBefore = limitOf(watcher);
  if (limitBefore === undefined) {
    await finishRun(run, { isExplained: () => false });
    return { name: run.name, problems: [], skipped: 'prlimit, of util-linux, is missing' };
  }
  // At first it can open none at all, then just enough for some of its workers.
  for (const more of [0, 8]) {
    const failuresBefore = failures(watcher);
    setLimit(watcher, openFiles(watcher) + more);
    const fromMs = performance.now();
    await queue.send(bodies(third, random));
    const isPlenty = () => failures(watcher) - failuresBefore >= PLENTY_FAIL;
    await until(run, () => performance.now() - fromMs > SHORT_MS && (isPlenty() || more > 0));
    setLimit(watcher, limitBefore);
    if (more === 0) run.check(isPlenty(), 'the limit of open files was not met');
    await drained(run);
  }
  run.check(watchers.running().includes(watcher), 'the watcher did not live through a lack of files');
  const openAfter = openFiles(watcher);
  run.check(openAfter <= openBefore + MORE_FILES, `${openBefore} files were open, and then ${openAfter}`);
  run.notes.push(
    `${failures(watcher)} workers could not start; open files before ${openBefore}, after ${openAfter}`,
  );
  run.check(
    mostReceives(run.ledger.read()) <= MOST_RECEIVES,
    'a short lack of files used up too many receives',
  );
  run.notes.push(describeReceives(run.ledger.read()));
  return finishRun(run, { isExplained: () => false });
}

const failures = (watcher) =>
  watcher.log().match(/\[released\].*not tried.*(EMFILE|open files)/g)?.length ?? 0;
const openFiles = ({ pid }) => readdirSync(`/proc/${pid}/fd`).length;

function limitOf({ pid }) {
  try {
    const text = execFileSync('prlimit', [
      '--pid',
      pid,
      '--nofile',
      '--noheadings',
      '--raw',
      '--output',
      'SOFT',
    ]);
    return Number(text);
  } catch {
    return undefined;
  }
}

/** Sets the soft limit, as `ulimit -n` does. */
function setLimit({ pid }, count) {
  execFileSync('prlimit', ['--pid', pid, `--nofile=${count}:`]);
}
