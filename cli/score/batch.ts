/** What a message says of who it is from: user id, anonymous id, previous id, e-mail, lead; undefined where it does not. */
export const CLAIM = 5;

/** A line that is no message. */
export interface BadLine {
  readonly number: number;
  readonly reason: string;
}

/** Messages that were read at once, in the order of their lines; plain data, to be handed from thread to thread. */
export interface Batch {
  /** Records as `record.ts` lays them out; word 1 is the number of a claim. */
  readonly records: Uint8Array<ArrayBuffer>;
  /** Claims that were not made before, `CLAIM` texts each; they are numbered from `firstClaim` on. */
  readonly claims: readonly (string | undefined)[];
  readonly firstClaim: number;
  /** What was not said before, as text; numbered in this order over all batches. */
  readonly sayings: readonly string[];
  readonly bad: readonly BadLine[];
  /** Lines read so far, in all batches. */
  readonly lines: number;
}
