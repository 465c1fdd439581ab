import { describe, expect, it } from '@jest/globals';
import { resolve } from '../../src/features/local/intrinsics';
import { SAMPLE_STACK, stackEvent } from '../helpers/cloudformation-events';
import { ACTIONS, DEPLOYMENTS } from '../helpers/ecs-events';
import { matches } from '../helpers/event-pattern';
import { build, single } from './support';

const notify = 'oncall@example.com';
const { Resources } = single({ notify });

function matchesFor(stackId: string, event: object): boolean {
  const pattern = resolve(Resources.WatchbotRollbackRule!.Properties!.EventPattern, {
    ref: (id) => (id === 'AWS::StackId' ? stackId : undefined),
    attribute: () => undefined,
  });
  return matches(pattern, event);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
const STATUSES: [string, boolean][] = [
  ['CREATE_IN_PROGRESS', false],
  ['CREATE_COMPLETE', false],
  ['UPDATE_IN_PROGRESS', false],
  ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', false],
  ['UPDATE_COMPLETE', false],
  ['UPDATE_ROLLBACK_IN_PROGRESS', true],
  ['UPDATE_ROLLBACK_FAILED', true],
  // The end of what was told when it began.
  ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', false],
  ['UPDATE_ROLLBACK_COMPLETE', false],
  ['DELETE_IN_PROGRESS', false],
];

describe('the rule on rollbacks of the stack', () => {
  it.each(STATUSES)('matches %s: %s', (status, isTold) => {
    expect(matchesFor(SAMPLE_STACK, stackEvent(status))).toBe(isTold);
    expect(matchesFor(`${SAMPLE_STACK}2`, stackEvent(status))).toBe(false);
  });

  it.each(Object.entries({ ...ACTIONS, ...DEPLOYMENTS }))('matches nothing of ECS: %s', (_name, event) => {
    expect(matchesFor(SAMPLE_STACK, event)).toBe(false);
  });

  it('is counted by an alarm that goes where all go', () => {
    expect(Resources.WatchbotRollbackRule!.Properties).not.toHaveProperty('Targets');
    expect(Resources.WatchbotRollbackAlarm!.Properties).toMatchObject({
      AlarmName: 'tiles-dev-WatchbotRollbackAlarm',
      AlarmDescription: expect.stringMatching(/^tiles-dev: .* https:.*alarms\.md#rollback$/),
      AlarmActions: [{ Ref: 'WatchbotNotifications' }],
      Dimensions: [{ Name: 'RuleName', Value: { Ref: 'WatchbotRollbackRule' } }],
      Threshold: 1,
    });
  });

  it('is there once in a stack, and not if nobody would hear of it', () => {
    const isOfRollback = (id: string) => id.includes('Rollback');
    const two = { workers: { a: { command: 'true' }, b: { command: 'true' } } };
    expect(Object.keys(build({ ...two, notify }).Resources).filter(isOfRollback)).toHaveLength(2);
    expect(Object.keys(build(two).Resources).filter(isOfRollback)).toEqual([]);
  });
});
