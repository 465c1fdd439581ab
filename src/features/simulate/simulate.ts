import { writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserError } from '../../errors/user-error';
import { INTERRUPTED, type CommandRun } from '../command/command';
import { argumentProblem } from '../command/options';
import { fieldTable, styleFor } from '../command/terminal-text';
import { chart } from './chart';
import { comparePolicies, POLICY_LABELS, type PolicyRun } from './compare';
import { simulationJson } from './json';
import { planSimulation, type SimulatePlan } from './plan';
import { plot } from './plot';
import { propose, type Proposed } from './search';
import { comparisonTable, leftOutText, loadTexts, plotTexts, proposalText, worldText } from './text';

/** `sls watchbot simulate`. */
export async function runSimulate(run: CommandRun): Promise<number> {
  const { options, voice, signal } = run;
  const plan = await planSimulation(run);
  const stages = createStages(run);
  const compared = await comparePolicies(plan, {
    onBegin: (policy) => stages.begin(`Simulating ${POLICY_LABELS[policy]}`),
    signal,
  });
  if (signal.aborted) return INTERRUPTED;
  if (plan.search !== undefined) await stages.begin('Looking for steps');
  const proposed = propose(plan, compared);
  stages.end();
  const runs = withProposal(compared, proposed);
  await writePlot(run, plan, runs);
  voice.writeText(
    options.json === true
      ? JSON.stringify(simulationJson(runs, plan, proposed))
      : await screen(run, plan, { runs, proposed }),
  );
  return 0;
}

/** The proposal comes directly below the service, with which it is to be compared. */
function withProposal([first, ...others]: readonly PolicyRun[], proposed: Proposed | undefined): PolicyRun[] {
  const result = proposed?.best?.result;
  return [first!, ...(result === undefined ? [] : [{ policy: 'proposal' as const, result }]), ...others];
}

async function writePlot(
  { configuration, voice }: CommandRun,
  plan: SimulatePlan,
  runs: readonly PolicyRun[],
): Promise<void> {
  const { plotFile } = plan;
  if (plotFile === undefined) return;
  await writeFile(plotFile, plot(runs, plotTexts(runs, plan, configuration.context.service))).catch(
    (cause: unknown) => {
      const { message } = cause as Error;
      throw UserError.of(
        argumentProblem('--plot', { given: message, allowed: 'a file that can be written' }),
        cause,
      );
    },
  );
  voice.log.notice(`Wrote ${plotFile}`);
}

async function screen(
  { terminal }: CommandRun,
  plan: SimulatePlan,
  { runs, proposed }: { runs: readonly PolicyRun[]; proposed: Proposed | undefined },
): Promise<string> {
  const look = styleFor(terminal);
  const leftOut = leftOutText(plan);
  const fields = Object.entries({
    ...loadTexts(plan),
    assumed: worldText(plan.world),
    ...(leftOut === '' ? {} : { 'left out': leftOut }),
  });
  return [
    `${look.colours.bold(plan.worker.name)}\n${await fieldTable(fields, look)}`,
    await comparisonTable(runs, plan, look),
    chart(runs, look),
    ...(proposed === undefined ? [] : [proposalText(proposed, plan)]),
  ].join('\n\n');
}

/** Says what is being done, if somebody watches. */
interface Stages {
  /** Shows the line, and lets Ctrl-C be heard: the simulation that follows lets nothing else run. */
  begin(what: string): Promise<void>;
  end(): void;
}

/** The framework would draw its progress on a pipe too, so it is left out there. */
function createStages({ voice, terminal }: Pick<CommandRun, 'voice' | 'terminal'>): Stages {
  const progress = terminal.error.isTTY === true ? voice.progress.get('watchbot-simulate') : undefined;
  return {
    begin: async (what) => {
      progress?.notice(what);
      await nextTurn();
    },
    end: () => {
      progress?.remove();
    },
  };
}
