import { describe, expect, it } from '@jest/globals';
import { Autoscaler } from '../../../src/scaling/aws/application-auto-scaling';
import { Metrics, type MetricValues } from '../../../src/scaling/aws/cloudwatch';
import { choosePolicy, type ScalingChoice } from '../../../src/scaling/choose-policy';

const MINUTE = 60;

/** One minute: how many messages wait, are in flight, and were sent. */
type Told = readonly [visible: number, inFlight: number, sent: number];

interface Given extends Partial<ScalingChoice> {
  desired?: number;
  concurrency?: number;
}

/** The desired count, minute by minute. */
function desiredOver(told: readonly Told[], { desired: from = 0, concurrency = 1, ...more }: Given = {}) {
  const scaling = { min: 0, max: 19, ...more };
  const metrics = new Metrics();
  const autoscaler = new Autoscaler({
    policy: choosePolicy(scaling, concurrency),
    bounds: { ...scaling, concurrency },
    metrics,
  });
  let desired = from;
  return told.map(([visible, inFlight, sent], minute) => {
    const values: MetricValues = sent === 0 ? { visible, inFlight } : { visible, inFlight, sent };
    metrics.tell(values);
    desired = autoscaler.decide(minute * MINUTE, { desired, running: desired });
    return desired;
  });
}

const times = (count: number, told: Told): Told[] => Array.from({ length: count }, () => told);

describe('while messages wait', () => {
  it('as many tasks are wanted at once as the messages need', () => {
    expect(
      desiredOver([
        [5, 0, 5],
        [7, 5, 7],
        [40, 12, 40],
      ]),
    ).toEqual([5, 12, 19]);
  });

  it('fewer tasks are wanted for fewer messages, and never fewer than are in flight', () => {
    expect(
      desiredOver(
        [
          [20, 5, 0],
          [6, 5, 0],
          [3, 5, 0],
        ],
        { desired: 19 },
      ),
    ).toEqual([19, 11, 8]);
  });

  it('a few beside many in flight start no task until they have waited for four minutes', () => {
    const few: Told = [1, 12, 30];
    expect(desiredOver(times(5, few), { desired: 12 })).toEqual([12, 12, 12, 13, 13]);
  });

  it('a few that did not wait all the time start no task', () => {
    const told: Told[] = [
      [1, 12, 30],
      [0, 12, 30],
      [1, 12, 30],
      [1, 12, 30],
      [1, 12, 30],
    ];
    expect(desiredOver(told, { desired: 12 })).toEqual([12, 12, 12, 12, 12]);
  });
});

describe('while messages come and none waits', () => {
  it('there are as many tasks as were busy at once in the last four minutes', () => {
    const told: Told[] = [
      [0, 9, 9],
      [0, 4, 9],
      [0, 7, 9],
      [0, 3, 9],
      [0, 3, 9],
      [0, 3, 9],
      [0, 3, 9],
    ];
    expect(desiredOver(told, { desired: 12 })).toEqual([9, 9, 9, 9, 7, 7, 3]);
  });

  it('one task stays, although no job is seen at work', () => {
    expect(desiredOver(times(6, [0, 0, 50]), { desired: 3 }).at(-1)).toBe(1);
  });
});

describe('when none has come for four minutes', () => {
  it('tasks end as their work does', () => {
    const told: Told[] = [[0, 6, 1], ...times(3, [0, 6, 0]), [0, 6, 0], [0, 4, 0], [0, 1, 0], [0, 0, 0]];
    expect(desiredOver(told, { desired: 6 })).toEqual([6, 6, 6, 6, 6, 4, 1, 0]);
  });

  it('they stay for messages that wait for their retry', () => {
    expect(desiredOver(times(20, [0, 3, 0]), { desired: 3 }).at(-1)).toBe(3);
  });

  it('`min` of them stay', () => {
    expect(desiredOver(times(6, [0, 0, 0]), { desired: 9, min: 2 }).at(-1)).toBe(2);
  });

  it('they stay for as long as `keepIdle` says', () => {
    const told: Told[] = [[0, 5, 1], ...times(12, [0, 0, 0])];
    const minutes = (keepIdle: number) => desiredOver(told, { desired: 5, keepIdle }).indexOf(0);
    expect([60, 240, 600].map(minutes)).toEqual([1, 4, 10]);
  });
});

describe('with several jobs at once in a task', () => {
  it('as many tasks stay as the messages in flight need', () => {
    const told: Told[] = [[30, 10, 40], [0, 38, 9], ...times(6, [0, 9, 9])];
    expect(desiredOver(told, { concurrency: 4 })).toEqual([10, 10, 10, 10, 10, 3, 3, 3]);
  });
});

describe('a queue that sleeps', () => {
  it('changes nothing', () => {
    const metrics = new Metrics();
    const scaling = { min: 0, max: 5 };
    const autoscaler = new Autoscaler({
      policy: choosePolicy(scaling, 1),
      bounds: { ...scaling, concurrency: 1 },
      metrics,
    });
    const over = Array.from({ length: 8 }, (_, minute) => {
      metrics.tell({});
      return autoscaler.decide(minute * MINUTE, { desired: 3, running: 3 });
    });
    expect(new Set(over)).toEqual(new Set([3]));
  });
});
