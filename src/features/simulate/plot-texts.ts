import { loadTexts, numberText, secondsText } from './describe';
import type { SimulatePlan } from './plan';
import type { PlotTexts } from './plot/plot';
import { POLICY_LABELS, type PolicyRun } from './policies';
import { taskHoursOf } from './table';

/** What the plot says in words. */
export function plotTexts(runs: readonly PolicyRun[], plan: SimulatePlan, service: string): PlotTexts {
  const { load, jobs, tasks } = loadTexts(plan);
  return {
    heading: `Scaling of ${service}, worker ${plan.worker.name}, simulated`,
    subheading: `${load}; ${jobs}; tasks ${tasks}`,
    description: `Lines of backlog, running tasks and wait over time. ${runs.map(inWords).join(' ')}`,
  };
}

function inWords(run: PolicyRun): string {
  const { drainSeconds, waitSeconds, maxTasks } = run.result;
  const done = drainSeconds === undefined ? 'not done' : `done after ${secondsText(drainSeconds)}`;
  const tasks = `${numberText(maxTasks)} tasks at most, ${numberText(taskHoursOf(run))} task-hours`;
  return `${POLICY_LABELS[run.policy]}: ${done}, longest wait ${secondsText(waitSeconds.max)}, ${tasks}.`;
}
