/** What a rescore came to, of some leads. A page that a crash cut short is not counted for what was done of it. */
export interface Counts {
  /** Leads that had not yet been scored by these rules. */
  readonly looked: number;
  readonly changed: number;
  readonly qualified: number;
  readonly failed: number;
}

export const NOTHING: Counts = { looked: 0, changed: 0, qualified: 0, failed: 0 };

/** Both together. */
export const counted = (a: Counts, b: Counts): Counts => ({
  looked: a.looked + b.looked,
  changed: a.changed + b.changed,
  qualified: a.qualified + b.qualified,
  failed: a.failed + b.failed,
});
