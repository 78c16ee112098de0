import type { Fold } from './fold.ts';
import type { LeadEvent } from '../event.ts';

/** A lead's messages in the order in which they count, wherever they are kept. */
export interface Rows {
  readonly count: number;
  /** UTC milliseconds, ascending; Infinity from `count` on. */
  at(row: number): number;
  /** Gives a message to a fold. */
  tell(row: number, fold: Fold): void;
}

/** Messages as they are stored. */
export const rowsOf = (events: readonly LeadEvent[]): Rows => ({
  count: events.length,
  at: (row) => events[row]?.occurredAt ?? Infinity,
  tell: (row, fold) => fold.take(events[row] as LeadEvent),
});
