import { writeFile } from 'node:fs/promises';
import { UserError } from '../../errors/user-error';
import { argumentProblem } from '../collect-problems';
import type { CommandRun } from '../command';
import { INTERRUPTED } from '../exit-codes';
import { fieldTable, lookOf } from '../look';
import { chart } from './chart';
import { comparePolicies } from './compare';
import { loadTexts, worldText } from './describe';
import { simulationJson } from './json';
import { planSimulation, type SimulatePlan } from './plan';
import { plotTexts } from './plot-texts';
import { plot } from './plot/plot';
import type { PolicyRun } from './policies';
import { comparisonTable } from './table';

/** `sls watchbot simulate`. */
export async function runSimulate(run: CommandRun): Promise<number> {
  const { options, voice, signal } = run;
  const plan = await planSimulation(run);
  const runs = await comparePolicies(plan, run);
  if (signal.aborted) return INTERRUPTED;
  await writePlot(run, plan, runs);
  voice.writeText(
    options.json === true ? JSON.stringify(simulationJson(runs, plan)) : await screen(run, plan, runs),
  );
  return 0;
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
  runs: readonly PolicyRun[],
): Promise<string> {
  const look = lookOf(terminal);
  const fields = Object.entries({ ...loadTexts(plan), assumed: worldText(plan.world) });
  return [
    `${look.colours.bold(plan.worker.name)}\n${await fieldTable(fields, look)}`,
    await comparisonTable(runs, plan, look),
    chart(runs, look),
  ].join('\n\n');
}
