import type { Outcome } from '../../core/nurture/claim.ts';

/** What a state machine hears of a message. */
export interface SendAnswer {
  readonly outcome: Outcome;
  /** Of `later`: when to ask again, an ISO instant. */
  readonly at?: string;
}

/** The service asked for a pause and took nothing; the state machine waits and calls again. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
}
