/** One line of an execution: where it stands. Plain JSON, so that a restart goes on from it. */
export interface Thread {
  state: string;
  /** Of the state, before its InputPath. */
  input: unknown;
  /** ms */
  enteredAt: number;
  /** Until when it waits, ms: a Wait state's end, or the next try of another state. */
  until?: number;
  /** How often each retrier of the state was used. */
  tries?: number[];
  /** What a Parallel or Map state is made of. */
  branches?: Branch[];
  /** The item of a Map state that this line works on. */
  item?: MapItem;
}

export interface MapItem {
  readonly index: number;
  readonly value: unknown;
}

export type Branch = { readonly thread: Thread } | { readonly output: unknown };

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution as it is on disk. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machineArn: string;
  /** The definition that it runs, whatever was deployed since. */
  readonly definition: string;
  /** JSON, as it was given. */
  readonly input: string;
  /** ms */
  readonly startedAt: number;
  status: Status;
  stoppedAt?: number;
  /** JSON */
  output?: string;
  error?: string;
  cause?: string;
  /** Entries that AWS would have written to its history: it ends an execution at 25,000. */
  events: number;
  /** Absent once it has ended. */
  root?: Thread;
}
