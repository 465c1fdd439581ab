import { describe, expect, it } from '@jest/globals';
import { resolve } from '../../src/features/local/intrinsics';
import { ACTIONS, DEPLOYMENTS, SAMPLE_SERVICE } from '../helpers/ecs-events';
import { matches } from '../helpers/event-pattern';
import { logicalId } from '../../src/config/logical-ids';
import { single } from './support';

/** The rule's pattern in a stack whose service has this ARN, which is what `Ref` of one gives. */
function patternFor(rule: 'placementRule' | 'deploymentRule', service: string): unknown {
  const { EventPattern } = single().of(rule);
  return resolve(EventPattern, {
    ref: (id) => (id === 'WatchbotService' ? service : undefined),
    attribute: () => undefined,
  });
}

const EVENTS = Object.entries({ ...ACTIONS, ...DEPLOYMENTS });

const RULES = [
  {
    rule: 'placementRule',
    alarm: 'placement',
    Period: 3_600,
    told: ['startImpaired', 'noSpot', 'noCpu', 'configurationFailure'],
  },
  { rule: 'deploymentRule', alarm: 'deployment', Period: 60, told: ['failed'] },
] as const;

describe.each(RULES)('$rule', ({ rule, alarm, Period, told }) => {
  const id = logicalId('watchbot', rule);

  it.each(EVENTS)('matches, of AWS’s samples, those that it is for: %s', (name, event) => {
    expect(matches(patternFor(rule, SAMPLE_SERVICE), event)).toBe(told.some((each) => each === name));
  });

  it.each(EVENTS)('matches nothing of another service: %s', (_name, event) => {
    expect(matches(patternFor(rule, `${SAMPLE_SERVICE}2`), event)).toBe(false);
  });

  it('is counted by its alarm, and sends nothing by itself', () => {
    const { of } = single({ notify: 'oncall@example.com' });
    expect(of(rule)).not.toHaveProperty('Targets');
    expect(of(`${alarm}Alarm`)).toMatchObject({
      Namespace: 'AWS/Events',
      MetricName: 'MatchedEvents',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: id } }],
      Statistic: 'Sum',
      Period,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'WatchbotNotifications' }],
      OKActions: [{ Ref: 'WatchbotNotifications' }],
    });
  });

  it('is not there without its alarm, alone', () => {
    const { has } = single({ alarms: { [alarm]: false } });
    const rules = ['placementRule', 'deploymentRule'] as const;
    expect(rules.map(has)).toEqual(rules.map((each) => each !== rule));
  });

  it('has a name of CloudFormation’s: one of the stack’s and the worker’s could be too long', () => {
    expect(single().of(rule)).not.toHaveProperty('Name');
  });
});
