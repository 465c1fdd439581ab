import type { Formula, ScalingBounds, ScalingPolicy, Step } from '../policy';
import { IN_FLIGHT, TOTAL_MESSAGES } from './total-messages';

export const X = { rounding: 'up', cooldown: 60, down: -90, downPeriods: 1, max: 20 } as {
  rounding: 'up' | 'mid' | 'down'; cooldown: number; down: number; downPeriods: number; max: number };

export function gradedPolicy(bounds: ScalingBounds & { messagesPerTask: number }): ScalingPolicy {
  return {
    name: 'graded',
    parts: [
      {
        kind: 'step', direction: 'up',
        alarm: { description: '', label: 'TasksNeeded', formula: tasksNeeded(bounds), comparison: 'GreaterThanOrEqualToThreshold', threshold: 1, periodSeconds: 60, statistic: 'Maximum', evaluationPeriods: 1 },
        adjustment: 'ExactCapacity', cooldownSeconds: X.cooldown, steps: steps(bounds),
      },
      {
        kind: 'step', direction: 'down',
        alarm: { description: '', label: 'Total', formula: TOTAL_MESSAGES, comparison: 'LessThanThreshold', threshold: 1, periodSeconds: 60, statistic: 'Maximum', evaluationPeriods: X.downPeriods },
        adjustment: 'PercentChangeInCapacity', cooldownSeconds: 60, steps: [{ from: undefined, to: 1, adjust: X.down }],
      },
    ],
  };
}
function tasksNeeded({ concurrency, messagesPerTask }: { concurrency: number; messagesPerTask: number }): Formula {
  const per = (formula: Formula, messages: number): Formula => ({ operator: '/', of: [formula, { number: messages }] });
  return { function: 'CEIL', of: [{ function: 'MAX', of: [per(IN_FLIGHT, concurrency), per(TOTAL_MESSAGES, messagesPerTask)] }] };
}
export function levels({ min, max }: ScalingBounds): number[] {
  const grow = (ratio: number) => {
    const list = [Math.max(1, min)];
    while (list.at(-1)! < max && list.length <= X.max) list.push(Math.min(max, Math.max(list.at(-1)! + 1, Math.round(list.at(-1)! * ratio))));
    return list;
  };
  let [low, high] = [1, Math.max(2, max)];
  for (let i = 0; i < 50; i += 1) { const mid = Math.sqrt(low * high); if (grow(mid).length <= X.max && grow(mid).at(-1) === max) high = mid; else low = mid; }
  return grow(high);
}
function steps(bounds: ScalingBounds): Step[] {
  const list = levels(bounds);
  return list.map((level, i) => ({ from: i === 0 ? 1 : list[i - 1]! + 1, to: i === list.length - 1 ? undefined : level + 1,
    adjust: X.rounding === 'up' || i === list.length - 1 ? level : X.rounding === 'down' ? (i === 0 ? 1 : list[i - 1]! + 1) : Math.round(((list[i - 1] ?? 0) + 1 + level) / 2) }));
}
