/** The delays and limits that a policy meets. Seconds, unless the name says otherwise. */
export interface World {
  /** From the end of a minute until SQS's metrics of it can be seen by an alarm. */
  readonly metricDelaySeconds: number;
  /** Where in CloudWatch's minute second 0 of the load falls; undefined: drawn from the seed. */
  readonly metricPhaseSeconds: number | undefined;
  /** From an order to ECS until the task's image is being pulled: placement, network interface. Not billed. */
  readonly provisionSeconds: number;
  /** From then until the watcher receives its first message. Billed. */
  readonly startSeconds: number;
  /** Tasks that may be launched at once, and from then on a second, of one service. */
  readonly launchBurst: number;
  readonly launchesPerSecond: number;
  /** From an idle task's end being ordered until it is billed no more. */
  readonly stopSeconds: number;
  /** Chance that Spot takes a running task back within an hour; 0: on demand. */
  readonly interruptionsPerHour: number;
  /** The least that is billed for one task. */
  readonly minimumBilledSeconds: number;
  /** When the simulation gives up on a load that does not drain. */
  readonly horizonSeconds: number;
  readonly sampleSeconds: number;
}
