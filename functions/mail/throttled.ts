import type { Outcome } from '../../core/nurture/claim.ts';

/** What a state machine hears of a message. */
export interface SendAnswer {
  readonly outcome: Outcome;
}

/** The service asked for a pause and took nothing; the state machine waits and calls again. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
}
