/**
 * Judges a job by the ledger, whose lines are in the order in which the workers and the harness wrote them.
 * @param total number of parts of the job
 * @param leaseMs for how long after an answer `true` no other worker may get that answer
 */
export function judge(text, { total, leaseMs }) {
  const { runs, trues, done, confirmed } = read(text);
  const problems = [];
  const check = (isTrue, problem) => void (isTrue || problems.push(problem));
  const isSlow = ({ run, atMs }) => !(runs.get(run).endedMs - atMs < leaseMs * SLOW_SHARE);
  const isExplained = (answer) => isKilled(runs.get(answer.run)) || isSlow(answer);
  const sends = trues.filter(({ hasSent }) => hasSent);
  check(done.size === total, `${done.size} of ${total} parts were done`);
  trues.forEach((answer, index) => {
    const { run, part, doneBefore, isAfterConfirmed } = answer;
    check(doneBefore === total, `part ${part} was answered \`true\` when ${doneBefore} parts were done`);
    check(!isAfterConfirmed || isSlow(answer), `part ${part} was answered \`true\` after reduce-sent`);
    const next = trues[index + 1];
    const isTooSoon = next?.untilMs < runs.get(run).askedMs + leaseMs;
    check(!isTooSoon, `parts ${part} and ${next?.part} were both answered \`true\` within ${leaseMs} ms`);
  });
  check(sends.length > 0, 'no reduce message was sent');
  check(confirmed > 0, 'no worker has confirmed that the reduce message was sent');
  check(trues.slice(0, -1).every(isExplained), `${trues.length} times \`true\`, and nothing says why`);
  check(sends.slice(0, -1).every(isExplained), `${sends.length} reduce messages, and nothing says why`);
  return {
    ...{ parts: total, done: done.size, runs: runs.size, kills: [...runs.values()].filter(isKilled).length },
    ...{ trues: trues.length, slow: trues.filter(isSlow).length, reduces: sends.length, problems },
  };
}

/** Whether a worker was killed, so that it could not record that it had sent the message. */
const isKilled = ({ end }) => end === 'killed';

/**
 * A worker that takes more than this share of its lease counts as slow: the time before its line in the ledger is
 * unknown.
 */
const SLOW_SHARE = 0.5;

/**
 * Reads runs of workers by name, and the answers `true` in order. Times come from the time lines in between: a worker
 * asked at `askedMs` or later, and its answer was written between `atMs` and `untilMs`.
 */
function read(text) {
  const [runs, trues, done] = [new Map(), [], new Set()];
  let confirmed = 0;
  let nowMs = 0;
  const end = (run, how) => Object.assign(runs.get(run), { end: how, endedMs: nowMs });
  const lines = {
    time: (ms) => {
      nowMs = Number(ms);
      for (const answer of trues) answer.untilMs ??= nowMs;
    },
    start: (run) => runs.set(run, {}),
    killed: (run) => end(run, 'killed'),
    ended: (run) => end(run, 'ended'),
    done: (part, run) => {
      done.add(part);
      runs.get(run).askedMs = nowMs;
    },
    true: (part, run) => {
      const answer = {
        part,
        run,
        atMs: nowMs,
        doneBefore: done.size,
        isAfterConfirmed: confirmed > 0,
        hasSent: false,
      };
      trues.push(answer);
    },
    send: (part, run) => {
      trues.findLast((each) => each.run === run).hasSent = true;
    },
    confirmed: () => (confirmed += 1),
    split: () => undefined,
  };
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [kind, ...words] = line.split(' ');
    lines[kind](...words);
  }
  return { runs, trues, done, confirmed };
}
