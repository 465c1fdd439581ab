import { describe, expect, it } from '@jest/globals';
import { resolve } from '../../../src/local/intrinsics';
import { ACTIONS, DEPLOYMENTS, SAMPLE_SERVICE } from '../../helpers/ecs-events';
import { matches } from '../../helpers/event-pattern';
import { single } from '../support';

/** The rule's pattern in a stack whose service has this ARN, which is what `Ref` of one gives. */
function patternFor(service: string): unknown {
  const { EventPattern } = single().of('placementRule');
  return resolve(EventPattern, {
    ref: (id) => (id === 'WatchbotService' ? service : undefined),
    attribute: () => undefined,
  });
}

const EVENTS = Object.entries({ ...ACTIONS, ...DEPLOYMENTS });
const TOLD = ['startImpaired', 'noSpot', 'noCpu', 'configurationFailure'];

describe('the rule on placement', () => {
  it.each(EVENTS)('of AWS’s samples matches those of tasks that do not come up: %s', (name, event) => {
    expect(matches(patternFor(SAMPLE_SERVICE), event)).toBe(TOLD.includes(name));
  });

  it.each(EVENTS)('matches nothing of another service: %s', (_name, event) => {
    expect(matches(patternFor(`${SAMPLE_SERVICE}2`), event)).toBe(false);
  });

  it('is counted by the alarm, and sends nothing by itself', () => {
    const { of } = single({ notify: 'oncall@example.com' });
    expect(of('placementRule')).not.toHaveProperty('Targets');
    expect(of('placementAlarm')).toMatchObject({
      Namespace: 'AWS/Events',
      MetricName: 'MatchedEvents',
      Dimensions: [{ Name: 'RuleName', Value: { Ref: 'WatchbotPlacementRule' } }],
      Statistic: 'Sum',
      Period: 3_600,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'WatchbotNotifications' }],
      OKActions: [{ Ref: 'WatchbotNotifications' }],
    });
  });

  it('is not there without its alarm', () => {
    const { has } = single({ alarms: { placement: false } });
    expect([has('placementRule'), has('placementAlarm')]).toEqual([false, false]);
  });

  it('is not of the names that the user’s rules have', () => {
    expect(single().of('placementRule')).not.toHaveProperty('Name');
  });
});
