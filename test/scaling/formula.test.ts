import { describe, expect, it } from '@jest/globals';
import { evaluate, metricsOf, toMetricMath } from '../../src/scaling/formula';
import type { Formula, ScalingMetric } from '../../src/scaling/policy';

const visible: Formula = { metric: 'visible' };
const filled: Formula = { function: 'FILL', of: [{ metric: 'inFlight' }, { number: 0 }] };
const sum: Formula = { operator: '+', of: [visible, filled] };
const perTask: Formula = { operator: '/', of: [sum, { number: 4 }] };

const valueIn = (values: Partial<Record<ScalingMetric, number>>, formula: Formula) =>
  evaluate(formula, (metric) => values[metric]);

describe('a formula', () => {
  it.each<[string, Formula]>([
    ['visible', visible],
    ['visible + FILL(inFlight, 0)', sum],
    ['(visible + FILL(inFlight, 0)) / 4', perTask],
    ['MAX([visible, FILL(inFlight, 0)])', { function: 'MAX', of: [visible, filled] }],
    ['MIN([visible, FILL(inFlight, 0)])', { function: 'MIN', of: [visible, filled] }],
    ['visible * FILL(inFlight, 0)', { operator: '*', of: [visible, filled] }],
    ['CEIL((visible + FILL(inFlight, 0)) / 4)', { function: 'CEIL', of: [perTask] }],
    ['IF(visible > 0, FILL(inFlight, 0), 0)', { function: 'IF', of: [visible, filled, { number: 0 }] }],
  ])('is metric math: %s', (text, formula) => {
    expect(toMetricMath(formula)).toBe(text);
  });

  it.each<[string, Formula, Partial<Record<ScalingMetric, number>>, number | undefined]>([
    ['a sum', sum, { visible: 3, inFlight: 2 }, 5],
    ['a missing part that is filled', sum, { visible: 3 }, 3],
    ['a missing part that is not', sum, { inFlight: 3 }, undefined],
    ['a share', perTask, { visible: 6 }, 1.5],
    ['a share of nothing', { operator: '/', of: [visible, filled] }, { visible: 6 }, undefined],
    ['the next whole number', { function: 'CEIL', of: [perTask] }, { visible: 6 }, 2],
    ['the greatest', { function: 'MAX', of: [visible, filled] }, { visible: 1, inFlight: 8 }, 8],
    ['the least', { function: 'MIN', of: [visible, filled] }, { visible: 1, inFlight: 8 }, 1],
    ['a product', { operator: '*', of: [visible, filled] }, { visible: 3, inFlight: 8 }, 24],
    ['the one', { function: 'IF', of: [visible, { number: 7 }, { number: 9 }] }, { visible: 1 }, 7],
    ['or the other', { function: 'IF', of: [visible, { number: 7 }, { number: 9 }] }, { visible: 0 }, 9],
  ])('has a value: %s', (_, ...given) => {
    const [formula, values, expected] = given;
    expect(valueIn(values, formula)).toBe(expected);
  });

  it('names each metric once', () => {
    expect(metricsOf({ function: 'MAX', of: [perTask, sum] })).toEqual(['visible', 'inFlight']);
  });
});
