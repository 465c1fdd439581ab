/** A call to AWS: its action as IAM names it, and what was being done. */
export interface NamedCall {
  action: string;
  place: string;
}

/** Gives the result of a call, or its error in a user's words. */
export type Explain = <T>(call: NamedCall, run: () => Promise<T>) => Promise<T>;
