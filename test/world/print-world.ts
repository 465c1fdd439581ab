import { parseArgs } from 'node:util';
import { drawWorld } from './draw';
import { INVARIANTS } from './invariants';
import { scenario, SCENARIOS } from './scenarios';
import { timeOf } from './timeline';
import { MINUTE, runWorld, type WorldResult } from './world';

/** Prints the timeline and a summary of one world. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      scenario: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const result = await runWorld(await settingsOf(values));
  const lines = values.short ? result.timeline.filter((line) => !line.includes(' | ')) : result.timeline;
  process.stdout.write(`${lines.join('\n')}\n\n${summaryOf(result)}\n`);
  if (result.violations.size > 0) process.exitCode = 1;
}

async function settingsOf(given: { seed?: string | undefined; scenario?: string | undefined }) {
  const names = SCENARIOS.join(', ');
  if (given.scenario !== undefined) {
    const name = SCENARIOS.find((each) => each === given.scenario);
    if (name === undefined) throw new Error(`no scenario ${given.scenario}: there are ${names}`);
    return scenario(name, { keepsTimeline: true });
  }
  if (given.seed === undefined || !/^\d+$/.test(given.seed))
    throw new Error(
      `npm run world -- --seed N, or --scenario NAME (${names}); --short leaves out the lines of the watchers`,
    );
  return drawWorld(Number(given.seed), { keepsTimeline: true });
}

/** The figures of the world, its deploys, and the invariants that did not hold. */
function summaryOf(result: WorldResult): string {
  const { waitSeconds: wait } = result;
  const updates = result.updates.map(({ version, state, startedAtMs, endedAtMs, reason }) => {
    const took =
      endedAtMs === undefined ? 'not over' : `${Math.round((endedAtMs - startedAtMs) / MINUTE)} min`;
    return `deploy of ${version.name} (${version.kind}): ${state}, ${took}${reason === undefined ? '' : `: ${reason}`}`;
  });
  const wrong = [...result.violations].map(
    ([name, { count, atMs, text }]) =>
      `NOT HELD: ${INVARIANTS[name]}\n          ${count} times, first at${timeOf(atMs)}: ${text}`,
  );
  return [
    `${result.name}: ${result.messages} messages, ${result.done} done, ${result.dead} dead; ${result.begins} jobs begun, ${result.repeats} of them again for a reason`,
    `${result.launches} launches, at most ${result.mostTasks} tasks, ${result.taskHours.toFixed(1)} task-hours, ${result.wastedHours.toFixed(2)} hours of work thrown away; protection refused ${result.blocked} times`,
    `waited ${wait.p50} s (half), ${wait.p95} s (95 %), ${wait.max} s (longest); over at${timeOf(result.endedAtMs)} after ${result.events} events`,
    `calls: ${JSON.stringify(result.sqsCalls)} of SQS, ${result.agentCalls} of agents`,
    ...updates,
    ...(wrong.length === 0 ? ['all invariants held'] : wrong),
  ].join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
