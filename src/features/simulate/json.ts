import { HOUR_SECONDS } from '../../shared/durations';
import { taskHoursOf, type PolicyRun } from './compare';
import { countOf, type Arrivals, type Load } from './load';
import type { SimulatePlan } from './plan';
import type { Proposed } from './search';
import { DEFAULT_WORLD } from './world';

/** One document for machines, with units in the names. All fields are always there, some of them `null`. */
export function simulationJson(
  runs: readonly PolicyRun[],
  plan: SimulatePlan,
  proposed: Proposed | undefined,
) {
  const { worker, bounds, load, world, seed, pricePerTaskHour } = plan;
  return {
    worker: worker.name,
    bounds: { minTasks: bounds.min, maxTasks: bounds.max, jobsAtOncePerTask: bounds.concurrency },
    load: loadJson(load),
    world: {
      ...DEFAULT_WORLD,
      ...world,
      metricPhaseSeconds: world.metricPhaseSeconds ?? null,
      jobCpuPercent: world.jobCpuPercent ?? null,
    },
    seed,
    pricePerTaskHour: pricePerTaskHour ?? null,
    policies: runs.map((run) => policyJson(run, pricePerTaskHour)),
    proposal: proposed === undefined ? null : proposalJson(proposed),
  };
}

function policyJson(run: PolicyRun, pricePerTaskHour: number | undefined) {
  const { policy, result } = run;
  const taskHours = taskHoursOf(run);
  return {
    policy,
    messages: result.messages,
    drainSeconds: result.drainSeconds ?? null,
    waitSeconds: result.waitSeconds,
    maxTasks: result.maxTasks,
    startedTasks: result.startedTasks,
    interruptedTasks: result.interruptedTasks,
    taskHours,
    cost: pricePerTaskHour === undefined ? null : taskHours * pricePerTaskHour,
    samples: result.samples,
  };
}

/** Of a file's own times and durations, only the number is printed. */
function loadJson({ arrivals, durations, groups }: Load) {
  return {
    messages: Math.round(countOf(arrivals)),
    arrivals: arrivals.kind === 'times' ? timesJson(arrivals) : arrivals,
    jobDurations:
      durations.kind === 'samples' ? { kind: durations.kind, jobs: durations.seconds.length } : durations,
    messageGroups: groups ?? null,
  };
}

const timesJson = ({ kind, atSeconds }: Extract<Arrivals, { kind: 'times' }>) => ({
  kind,
  lastAtSeconds: atSeconds.at(-1) ?? 0,
});

function proposalJson({ budgetTaskSeconds, best, frontier }: Proposed) {
  return {
    budgetTaskHours: budgetTaskSeconds / HOUR_SECONDS,
    steps: best?.steps ?? null,
    frontier: frontier.map(({ steps, result }) => ({
      steps,
      taskHours: result.taskSeconds / HOUR_SECONDS,
      waitSeconds: result.waitSeconds,
      drainSeconds: result.drainSeconds ?? null,
    })),
  };
}
