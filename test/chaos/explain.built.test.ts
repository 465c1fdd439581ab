import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const OUTCOMES = path.join(__dirname, 'outcomes.mjs');

/** One try of a message: its watcher, its time, and what the watcher's log says about its end. */
interface Try {
  watcher?: string;
  atMs?: number;
  messageId?: string;
  log?: string;
}

/** A second try that succeeds, and whose message is deleted. */
const DONE: Try = { watcher: 'well', log: 'success] (exit code 0' };

const CASES: { what: string; tries: Try[]; twice?: string; dead?: string }[] = [
  { what: 'no reason', tries: [{ log: 'success] (exit code 0' }, DONE] },
  { what: 'a watcher that was killed long before', tries: [{ watcher: 'killed', atMs: 90_000 }, DONE] },
  { what: 'a watcher that was killed just then', tries: [{ watcher: 'killed' }, DONE], twice: 'a kill' },
  { what: 'a stop', tries: [{ log: 'released] (the task was stopped' }, DONE], twice: 'a stop' },
  { what: 'another failure', tries: [{ log: 'failure] (exit code 2' }, DONE] },
  {
    what: 'a lack of ids',
    tries: [{ watcher: 'few', log: 'failure] (exit code 2' }, DONE],
    twice: 'a lack of ids',
  },
  {
    what: 'the kernel',
    tries: [{ log: 'failure] (exit code 137: killed by the kernel' }, DONE],
    twice: "the kernel's kill for memory",
  },
  {
    what: 'a copy whose sender was killed',
    tries: [{ messageId: 'copy' }, DONE],
    twice: 'a kill between a copy and a deletion',
  },
  {
    what: 'a copy whose sender was killed before it could say so',
    tries: [{ watcher: 'killed', log: 'released] (not tried' }, { messageId: 'copy' }, DONE],
    twice: 'a stop and a kill between a copy and a deletion',
  },
  {
    what: 'a copy whose sender was not killed',
    tries: [{ watcher: 'other', messageId: 'another' }, DONE],
  },
  { what: 'tries that failed without a reason', tries: [{ log: 'failure] (exit code 1' }] },
  {
    what: 'tries that failed for reasons',
    tries: [{ watcher: 'few', log: 'failure] (exit code 2' }, { watcher: 'killed' }],
    dead: 'a lack of ids and a kill',
  },
  {
    what: 'one try of several without a reason',
    tries: [{ watcher: 'killed' }, { log: 'failure] (signal SIGSEGV' }],
  },
];

/** Calls the functions in a new process, since Jest cannot load ES modules here. */
function explain(): { twice?: string; dead?: string }[] {
  const script = `
    import { explainDead, explainTwice, readOutcomes } from ${JSON.stringify(OUTCOMES)};
    const explained = ${JSON.stringify(CASES)}.map(({ tries }) => {
      const entries = tries.map(({ watcher = 'other', atMs = 1_000, messageId = 'one', log }, index) =>
        ({ watcher, atMs, messageId, receives: index + 1, log }));
      const lines = (name) => entries.filter((each) => each.watcher === name && each.log).map(({ messageId, receives, log }) => {
        const [result, reason] = log.split('] (');
        return '[date] [watcher] [' + messageId + '] [' + result + '] after 1 ms, 2 ms since sent, receive ' + receives + ' (' + reason + ')';
      });
      const sent = { name: 'killed', log: () => '[date] [watcher] [one] sent anew as copy, since' };
      const watchers = ['other', 'well', 'few', 'killed'].map((name) => ({ name, log: () => lines(name).join('\\n') }));
      const known = {
        killedAtMs: new Map([['killed', 1_200]]),
        hasFewIds: (name) => name === 'few',
        hasLittleMemory: () => false,
        outcomes: readOutcomes([...watchers, sent]),
      };
      return {
        twice: explainTwice({ ends: entries }, known),
        dead: explainDead({ starts: entries, ends: [] }, { kind: 'plain' }, known),
      };
    });
    console.log(JSON.stringify(explained));
  `;
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  return JSON.parse(text) as { twice?: string; dead?: string }[];
}

const explained = explain();

it.each(CASES.map((each, index) => ({ ...each, index })))(
  'explains a repeat or a dead letter only by a real reason: $what',
  ({ index, tries, twice, dead }) => {
    if (tries.includes(DONE)) expect(explained[index]!.twice).toBe(twice);
    else expect(explained[index]!.dead).toBe(dead);
  },
);
