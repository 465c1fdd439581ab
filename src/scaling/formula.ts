import type { Formula, ScalingMetric } from './policy';

/** Every metric that a formula names, once. */
export function metricsOf(formula: Formula): ScalingMetric[] {
  if ('metric' in formula) return [formula.metric];
  if ('number' in formula) return [];
  return [...new Set(formula.of.flatMap(metricsOf))];
}

/**
 * A formula in CloudWatch's language, in which a metric is known by its id.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function toMetricMath(formula: Formula): string {
  if ('metric' in formula) return formula.metric;
  if ('number' in formula) return String(formula.number);
  if ('operator' in formula) return formula.of.map(operand).join(` ${formula.operator} `);
  const parts = formula.of.map(toMetricMath);
  switch (formula.function) {
    case 'IF':
      return `IF(${parts[0]!} > 0, ${parts[1]!}, ${parts[2]!})`;
    case 'MAX':
    case 'MIN':
      // The greatest, or the least, of several series at each moment: they are given as a list.
      return `${formula.function}([${parts.join(', ')}])`;
    case 'FILL':
    case 'CEIL':
      return `${formula.function}(${parts.join(', ')})`;
  }
}

function operand(formula: Formula): string {
  return 'operator' in formula ? `(${toMetricMath(formula)})` : toMetricMath(formula);
}

type ValueOf = (metric: ScalingMetric) => number | undefined;

/** Its value; undefined if a metric that it needs has none. */
export function evaluate(formula: Formula, valueOf: ValueOf): number | undefined {
  if ('metric' in formula) return valueOf(formula.metric);
  if ('number' in formula) return formula.number;
  const values = formula.of.map((part) => evaluate(part, valueOf));
  if ('function' in formula && formula.function === 'FILL') return values[0] ?? values[1];
  if (!values.every((value) => value !== undefined)) return undefined;
  return 'operator' in formula
    ? OPERATORS[formula.operator](values[0]!, values[1]!)
    : FUNCTIONS[formula.function](values);
}

const OPERATORS = {
  '+': (left: number, right: number) => left + right,
  '-': (left: number, right: number) => left - right,
  '*': (left: number, right: number) => left * right,
  // CloudWatch has no data point if a formula divides by 0.
  '/': (left: number, right: number) => (right === 0 ? undefined : left / right),
};

const FUNCTIONS = {
  IF: ([condition, then, otherwise]: number[]) => (condition! > 0 ? then : otherwise),
  MAX: (values: number[]) => Math.max(...values),
  MIN: (values: number[]) => Math.min(...values),
  CEIL: ([value]: number[]) => Math.ceil(value!),
};
