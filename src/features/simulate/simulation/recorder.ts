import type { Sample, SimulationResult } from './result';

/** What is told of a simulation when it is over. */
export class Recorder {
  done = 0;
  private lastDoneSeconds = 0;
  private readonly firstArrivalSeconds: number;
  /** By message: until the start of the worker that was the last to begin with it. */
  private readonly waits: Float64Array;
  private readonly samples: Sample[] = [];

  constructor(private readonly arrivalSeconds: Float64Array) {
    this.waits = new Float64Array(arrivalSeconds.length).fill(NaN);
    this.firstArrivalSeconds = arrivalSeconds[0] ?? 0;
  }

  started(message: number, nowSeconds: number): void {
    this.waits[message] = nowSeconds - this.arrivalSeconds[message]!;
  }

  finished(nowSeconds: number): void {
    this.done += 1;
    this.lastDoneSeconds = nowSeconds;
  }

  sample(sample: Sample): void {
    this.samples.push(sample);
  }

  result(
    fleet: Pick<SimulationResult, 'maxTasks' | 'taskSeconds' | 'startedTasks' | 'interruptedTasks'>,
    sampleSeconds: number,
  ): SimulationResult {
    const waits = this.waits.filter((wait) => !Number.isNaN(wait)).sort();
    const percentile = (share: number) => waits[Math.max(0, Math.ceil(share * waits.length) - 1)] ?? 0;
    const isDrained = this.done === this.arrivalSeconds.length;
    return {
      messages: this.arrivalSeconds.length,
      drainSeconds: isDrained ? Math.max(0, this.lastDoneSeconds - this.firstArrivalSeconds) : undefined,
      waitSeconds: { p50: percentile(0.5), p95: percentile(0.95), max: percentile(1) },
      ...fleet,
      sampleSeconds,
      samples: this.samples,
    };
  }
}
