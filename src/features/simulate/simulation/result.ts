export interface SimulationResult {
  /** Messages of the load, each done once. */
  readonly messages: number;
  /** From the first arrival to the end of the last message; undefined where the load did not drain within the horizon. */
  readonly drainSeconds: number | undefined;
  /** From a message's arrival to the start of the worker that finishes it. */
  readonly waitSeconds: { readonly p50: number; readonly p95: number; readonly max: number };
  readonly maxTasks: number;
  /** Sum over tasks of the seconds from start (billing begins: image pull) to stop. */
  readonly taskSeconds: number;
  /** Tasks that were started, and those that Spot took back. */
  readonly startedTasks: number;
  readonly interruptedTasks: number;
  /** What happened over time: one sample a `sampleSeconds`. */
  readonly sampleSeconds: number;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly atSeconds: number;
  /** Messages. */
  readonly visible: number;
  readonly inFlight: number;
  /** Running tasks, and what the service is asked for. */
  readonly tasks: number;
  readonly desired: number;
  /** How long the oldest message that waits has waited. */
  readonly oldestWaitSeconds: number;
}
