/** Time that passes, handed in. */
export interface Timers {
  /** Calls back once after the time, unless cancelled by what it gives. */
  after(milliseconds: number, call: () => void): () => void;
}
