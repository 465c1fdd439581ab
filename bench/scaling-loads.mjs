// Loads for measuring scaling policies. A load has jobs of `seconds` each, and at most `max` tasks.

const burst = (messages, seconds, max) => ({
  name: `${messages.toLocaleString('en')} of ${seconds} s, max ${max}`,
  isBurst: true,
  max,
  seconds,
  arrivals: { kind: 'burst', messages },
  durations: { kind: 'constant', seconds },
});

/** Messages a second at each hour of a working day: quiet at night, two peaks. */
const DAY = [1, 0.6, 0.5, 0.5, 0.6, 1, 2, 4, 6, 7, 8, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5];

export const SCALING_LOADS = [
  burst(10_000, 30, 100),
  burst(1_000, 10, 50),
  burst(100, 60, 20),
  burst(100_000, 5, 500),
  burst(20, 600, 10),
  {
    name: 'an hour of 5/s of 20 s, max 200',
    isBurst: false,
    // Targets: task-hours relative to the bound, p95 of waits in seconds, and number of launches.
    hours: 1.25,
    wait: 180,
    max: 200,
    seconds: 20,
    arrivals: { kind: 'rate', perSecond: 5, seconds: 3_600 },
    durations: { kind: 'constant', seconds: 20 },
  },
  {
    name: 'a day of 0.5 to 8/s, max 300',
    isBurst: false,
    hours: 1.12,
    wait: 30,
    launches: 2_000,
    max: 300,
    seconds: 18,
    arrivals: { kind: 'curve', perSecondByHour: DAY },
    durations: { kind: 'spread', medianSeconds: 15, p95Seconds: 45 },
  },
];
