/** A line of a worker's log, from wherever it is kept. */
export interface LogEvent {
  /** No two events have the same one. */
  id: string;
  timeMs: number;
  /** The task that wrote it. */
  task: string;
  line: string;
}

export interface LogQuery {
  sinceMs: number;
  /** Undefined: to the newest. */
  untilMs?: number | undefined;
  /** CloudWatch's own filter pattern, which only AWS knows. */
  pattern?: string | undefined;
  /** Only lines with one of these texts in them are of interest; asked for at each poll. A source may give others. */
  terms?: () => readonly string[];
}

/** Where the lines of a log come from: CloudWatch Logs, or the file of `sls watchbot local`. */
export interface LogSource {
  /** All that is there, in order of time, each once. */
  read(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEvent>;
  /** All that is there and that comes, each once, until the signal. */
  follow(query: LogQuery, signal: AbortSignal): AsyncIterable<LogEvent>;
}
